import { plainText } from '../../../src-shared/domain/plain-text.ts'

const MOST_LINES = 12
const MOST_LETTERS = 800
/** What is looked at of notes that somebody made endless. */
const MOST_READ = 20_000

const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&amp;': '&',
}

/** Release notes as a few plain lines, whatever a server sent: without tags and without what is not seen. */
export function plainNotes(notes: unknown): string {
  const text = textOf(notes).slice(0, MOST_READ)
  const lines = text
    .replace(/<(br|\/p|\/li|\/h\d|\/div)\b[^<>]*>/gi, '\n')
    .replace(/<[^<>]*>/g, '')
    .replace(/&(lt|gt|quot|#39|amp);/g, (entity) => ENTITIES[entity] ?? '')
    .split(/\r?\n/)
    .map((line) => plainText(line).trim())
    .filter((line) => line !== '')
  const short = lines.slice(0, MOST_LINES).join('\n')
  const isCut = lines.length > MOST_LINES || short.length > MOST_LETTERS || text.length === MOST_READ
  return isCut ? `${short.slice(0, MOST_LETTERS)}…` : short
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
