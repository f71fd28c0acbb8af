import type { Client } from '../../../src-shared/contract/client.ts'
import type {
  JiraDraft,
  Preflight,
  PreflightChoices,
  PreflightStep,
  WatchChoice,
} from '../../../src-shared/contract/settings.ts'
import { PRIORITY_FIELD, type Priority, type WatchedField } from '../../../src-shared/domain/ticket.ts'
import { AppError, nothingChanged } from '../../../src-shared/errors/app-error.ts'
import { DEFAULT_WATCH } from '../../config/config.ts'
import { blockerOfWatching, codeOfStep } from '../../preflight/report.ts'
import { askProject, askWatch } from './connect-questions.ts'
import { orCancelled } from '../cli/interrupt.ts'
import { type CliIo } from '../cli/io.ts'
import { createStepChanges, sayStep } from '../cli/step-lines.ts'

/** Everything but what is watched, which needs the site's own words. */
export type ConnectDraft = Omit<JiraDraft, 'watch'>

/**
 * Tries a connection, asks a person at a terminal for what is missing, and keeps it. Each step is told on stderr as it
 * ends. Throws the AppError of the step that failed; then nothing was kept.
 */
export async function connectJira(
  io: CliIo,
  client: Client,
  draft: ConnectDraft,
  flags: WatchFlags,
): Promise<Preflight> {
  const saysWatch = flags.watch !== undefined || flags.watchField !== undefined
  const saySteps = createStepChanges((step) => sayStep(io, step))
  // Flags name what is watched in the site's words, which the first look learns: what it finds of that itself is no news.
  let isFirstLook = saysWatch
  const unsubscribe = client.on('preflight.changed', ({ steps }) =>
    saySteps({ steps: isFirstLook ? steps.filter(({ id }) => !ABOUT_WATCH.has(id)) : steps }),
  )
  const call = (method: 'settings.preflight' | 'settings.connect', next: JiraDraft): Promise<Preflight> =>
    orCancelled(client.call(method, next), io.signal, INTERRUPTED)
  try {
    const first: JiraDraft = { ...draft, watch: firstWatch(flags) }
    // Who says all that is needed, or can be asked nothing, is connected at once.
    const complete =
      saysWatch || io.isTTY
        ? await completed(io, await call('settings.preflight', first), first, flags)
        : first
    isFirstLook = false
    const preflight = await call('settings.connect', complete)
    refuseRed(preflight, complete)
    return preflight
  } finally {
    unsubscribe()
  }
}

const ABOUT_WATCH: ReadonlySet<PreflightStep['id']> = new Set(['priority', 'watched'])

const INTERRUPTED = 'Interrupted before the connection was kept. Nothing was changed.'

/** The draft with what the flags mean here and what the person answers. */
async function completed(
  io: CliIo,
  preflight: Preflight,
  draft: JiraDraft,
  flags: WatchFlags,
): Promise<JiraDraft> {
  const { choices } = preflight
  const saysWatch = flags.watch !== undefined || flags.watchField !== undefined
  // Wrong in what was not yet said is not wrong.
  const isAboutWatch = blockerOfWatching(preflight)?.id === 'watched'
  if (!isAboutWatch) refuseRed(preflight, draft)
  const asksProject = io.isTTY && draft.projectKey === null && choices.projects.length > 1
  const projectKey = asksProject ? await askProject(io, choices.projects) : draft.projectKey
  if (saysWatch) {
    return { ...draft, projectKey, watch: watchOfFlags(flags, choices) }
  }
  const asksWatch = isAboutWatch && io.isTTY && choices.fields.length > 0
  return { ...draft, projectKey, ...(asksWatch ? { watch: await askWatch(io, choices.fields) } : {}) }
}

function refuseRed(preflight: Preflight, { projectKey }: JiraDraft): void {
  const step = blockerOfWatching(preflight)
  if (step === null) return
  throw new AppError(codeOfStep(step.id, preflight, projectKey), `Not connected: ${step.message}`, {
    consequence: 'Nothing was kept.',
    hint: step.hint,
  })
}

export interface WatchFlags {
  readonly watchField?: string
  /** Its values' names or ids, with commas between them. */
  readonly watch?: string
}

/** What the flags say before the site was asked: a field by its id can be asked for at once, names cannot. */
function firstWatch({ watchField }: WatchFlags): WatchChoice {
  const isId = watchField !== undefined && /^customfield_\d{1,12}$/.test(watchField)
  return isId ? { field: { id: watchField, name: watchField }, ids: [] } : DEFAULT_WATCH
}

/** What the flags mean on a site that has these fields and values. Throws `usage`, naming what there is. */
function watchOfFlags({ watchField, watch }: WatchFlags, choices: PreflightChoices): WatchChoice {
  const wanted = watchField ?? PRIORITY_FIELD
  const found = choices.fields.find(({ field }) => isCalled(field, wanted))
  if (found === undefined) {
    const there = choices.fields.map(({ field }) => field.name).join(', ')
    throw nothingChanged(
      'usage',
      `There is no field ${wanted} to watch on this site.`,
      `It has ${there || 'none'}. Another select field can be named by its id, as customfield_10050.`,
    )
  }
  const { field, values } = found
  return { field, ids: watch === undefined ? [] : valueIds(watch, field, values) }
}

function valueIds(text: string, field: WatchedField, values: readonly Priority[]): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((wanted) => {
      const value = values.find((candidate) => isCalled(candidate, wanted))
      if (value !== undefined) return value.id
      const there = values.map(({ name }) => name).join(', ')
      throw nothingChanged('usage', `${field.name} has no value ${wanted}.`, `It has ${there}.`)
    })
}

function isCalled({ id, name }: { id: string; name: string }, wanted: string): boolean {
  return id === wanted || name.trim().toLowerCase() === wanted.toLowerCase()
}
