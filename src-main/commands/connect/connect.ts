import { accessSync, constants } from 'node:fs'
import path from 'node:path'
import type { Client } from '../../../src-shared/contract/client.ts'
import type {
  JiraDraft,
  Preflight,
  PreflightChoices,
  PreflightStep,
  Settings,
  WatchChoice,
} from '../../../src-shared/contract/settings.ts'
import { PRIORITY_FIELD, type Priority, type WatchedField } from '../../../src-shared/domain/ticket.ts'
import { AppError, nothingChanged, nothingSent } from '../../../src-shared/errors/app-error.ts'
import { DEFAULT_WATCH, type Config } from '../../config/config.ts'
import { siteUrl } from '../../config/jira-config.ts'
import { codeOfStep } from '../../preflight/report.ts'
import { failedStep } from '../../runtime/steps.ts'
import { orCancelled } from '../cli/interrupt.ts'
import type { CommandCall, Values } from '../cli/define-command.ts'
import type { CliIo } from '../cli/io.ts'
import { plain } from '../cli/plain-client.ts'
import { createStepChanges, sayStep } from '../cli/progress.ts'
import { refuseFixed } from '../cli/settings.ts'
import type { CONNECT, DISCONNECT } from '../workspace-commands.ts'
import { askProject, askWatch, connectDraft, isCloudUrl } from './connect-questions.ts'

const ABOUT_WATCH: ReadonlySet<PreflightStep['id']> = new Set(['priority', 'watched'])
const INTERRUPTED = ['Interrupted before the connection was kept.', 'Nothing was changed.'] as const

export async function connect(call: CommandCall<'own-core', typeof CONNECT>): Promise<void> {
  const { io, options, open, print } = call
  const url = siteUrl({ value: options.url, source: 'The address', code: 'usage' })
  const caFile = options.caFile === undefined ? null : readableFile(io, options.caFile)
  // The project that is said here is one to keep, not one for this call.
  const readConfig = (): Config => call.config({ project: undefined })
  const config = readConfig()
  refuseFixed(config.jiraFixedBy, 'says which Jira is used, so none can be connected')
  refuseMissingUser(io, url, options)
  await open(
    config,
    async ({ client }) => {
      const draft = await connectDraft(io, client, { ...options, url, caFile })
      const preflight = await connectJira(io, client, draft, options)
      const settings = await client.call('settings.get', {})
      const text = connectedText(plain(preflight), plain(settings))
      print(connectedDocument(preflight, settings), text)
    },
    { mayStayClosed: true, changesToken: true, rawTexts: true, readConfig },
  )
}

/** Where no person can be asked, Cloud's account must be said. */
function refuseMissingUser(io: CliIo, url: string, { user }: Values<typeof CONNECT>): void {
  if (io.isTTY || user?.trim() || !isCloudUrl(url)) return
  throw nothingSent(
    'usage',
    'Jira Cloud wants an e-mail address with the token.',
    'Add --user me@example.com.',
  )
}

function readableFile(io: CliIo, file: string): string {
  const whole = path.resolve(io.cwd, file)
  try {
    accessSync(whole, constants.R_OK)
  } catch (cause) {
    throw nothingSent(
      'usage',
      `--ca-file ${whole} cannot be read.`,
      'Give a PEM file of certificates.',
      cause,
    )
  }
  return whole
}

function connectedDocument(preflight: Preflight, { jira, tokenIn }: Settings): unknown {
  return {
    url: jira?.url ?? null,
    deployment: preflight.deployment,
    project: jira?.projectKey ?? null,
    watched: preflight.choices.watched,
    tokenIn,
    steps: preflight.steps,
  }
}

function connectedText(preflight: Preflight, { jira, tokenIn, secrets }: Settings): string {
  const what = preflight.deployment === 'data-center' ? 'Jira Data Center' : 'Jira Cloud'
  const watched = preflight.choices.watched.map(({ name }) => name).join(', ')
  return [
    `Connected: ${what} at ${jira?.url ?? ''}, ${jira?.projectKey ?? 'every project'}, watching ${watched}.`,
    `The token ${tokenIn === 'environment' ? 'comes from the environment' : tokenIn === 'vault' ? 'comes from Vault' : `is in ${secrets.label}`}. jira-tpm fetch-tickets fetches; jira-tpm plot-data shows.`,
  ].join('\n')
}

export async function disconnect(call: CommandCall<'own-core', typeof DISCONNECT>): Promise<void> {
  const { options, config: readConfig, open, print } = call
  const { forgetToken = false } = options
  const config = readConfig()
  await open(
    config,
    async ({ client }) => {
      const former = config.jira.kind === 'site' ? config.jira.url : null
      await client.call('settings.disconnect', { forgetToken })
      print({ disconnected: former, tokenForgotten: forgetToken }, disconnectedText(former, forgetToken))
    },
    { mayStayClosed: true, changesToken: true, readConfig },
  )
}

function disconnectedText(former: string | null, forgetToken: boolean): string {
  if (former === null) return 'No Jira was connected: the sandbox is used.'
  const token = forgetToken ? 'Its token is deleted' : 'Its token stays in the keychain'
  return `${former} is disconnected; the sandbox is used. ${token}, and what was fetched stays stored.`
}

/** Everything but what is watched, which needs the site's own words. */
export type ConnectDraft = Omit<JiraDraft, 'watch'>

/**
 * Tries a connection, asks a person at a terminal for what is missing, and keeps it. Each step is printed on stderr as it
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
    orCancelled(client.call(method, next), io.signal, ...INTERRUPTED)
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
  const isAboutWatch = failedStep(preflight)?.id === 'watched'
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
  const step = failedStep(preflight)
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
