import { plainText } from '../../../src-shared/domain/text/plain-text.ts'
import { AppError } from '../../../src-shared/errors/app-error.ts'

const MAX_LINES = 12
const MAX_LETTERS = 800
/** What is looked at of notes that somebody made endless. */
const MAX_READ = 20_000

const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&amp;': '&',
}

const NOTHING_CHANGED = 'Nothing was changed; Jira TPM works as before.'

/** What is wrong with what the update server gave, by electron-updater's code. */
const UNTRUE: Readonly<Record<string, string>> = {
  ERR_CHECKSUM_MISMATCH: 'what arrived is not what was announced',
  ERR_UPDATER_INVALID_SIGNATURE: 'it is not signed by the makers of Jira TPM',
  ERR_UPDATER_NO_CHECKSUM: 'it was announced without a checksum',
  ERR_UPDATER_INVALID_UPDATE_INFO: 'its announcement cannot be read',
  ERR_UPDATER_INVALID_VERSION: 'its announcement names no version',
  ERR_UPDATER_NO_FILES_PROVIDED: 'its announcement names no file',
  ERR_UPDATER_WEB_INSTALLER_DISABLED: 'it is of a kind that is not taken',
}

type UpdateStep = 'find' | 'download' | 'install'

const FAILED: Readonly<Record<UpdateStep, string>> = {
  find: 'Whether there is a newer Jira TPM could not be found out.',
  download: 'The new version could not be fetched.',
  install: 'The new version could not be put in place.',
}

/** Why an update did not come to be, as a person reads it. */
export function updateFailure(step: UpdateStep, cause: unknown): AppError {
  const { code } = cause as { readonly code?: unknown }
  const untrue = typeof code === 'string' ? UNTRUE[code] : undefined
  if (untrue !== undefined) {
    return new AppError('bad-data', `The update was not taken: ${untrue}.`, {
      consequence: NOTHING_CHANGED,
      hint: 'Try it again later. If it is so again, tell the makers.',
      cause,
    })
  }
  const hint =
    step === 'install'
      ? 'Look whether the folder of the program can be written, or fetch the new version by hand.'
      : 'Look whether this computer is online, and try it again later (Help, Check for updates).'
  return new AppError('not-found', FAILED[step], {
    consequence: NOTHING_CHANGED,
    hint,
    retryable: true,
    cause,
  })
}

/** Release notes as a few plain lines, whatever a server sent: without tags and without what is not seen. */
export function plainNotes(notes: unknown): string {
  const text = textOf(notes).slice(0, MAX_READ)
  const lines = text
    .replace(/<(br|\/p|\/li|\/h\d|\/div)\b[^<>]*>/gi, '\n')
    .replace(/<[^<>]*>/g, '')
    .replace(/&(lt|gt|quot|#39|amp);/g, (entity) => ENTITIES[entity] ?? '')
    .split(/\r?\n/)
    .map((line) => plainText(line).trim())
    .filter((line) => line !== '')
  const short = lines.slice(0, MAX_LINES).join('\n')
  const isCut = lines.length > MAX_LINES || short.length > MAX_LETTERS || text.length === MAX_READ
  return isCut ? `${short.slice(0, MAX_LETTERS)}…` : short
}

/** electron-updater gives a text, a list of versions with theirs, or nothing. */
function textOf(notes: unknown): string {
  if (typeof notes === 'string') return notes
  if (!Array.isArray(notes)) return ''
  return notes
    .map((entry: unknown) =>
      typeof entry === 'object' && entry !== null && 'note' in entry ? entry.note : '',
    )
    .filter((note) => typeof note === 'string')
    .join('\n')
}
