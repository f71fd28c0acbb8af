import { createInProcessClient } from '../../../src-shared/contract/client.ts'
import { AppError, toWireError, errorText } from '../../../src-shared/errors/app-error.ts'
import type { App, AppOptions } from '../../app/app.ts'
import type { Config } from '../../config/config.ts'
import { utcText } from '../../jira/errors.ts'
import type { RequestPolicy } from '../../jira/link.ts'
import { DEFAULT_RETRY_POLICY } from '../../jira/retry.ts'
import { recordCalls, type AccessLog } from '../../runtime/access-log.ts'
import { machineClock } from '../../runtime/clock.ts'
import type { Log } from '../../runtime/log.ts'
import { orCancelled } from './interrupt.ts'
import { say, type CliIo } from './io.ts'
import { plainClient } from './plain-client.ts'
import { warnOfToken } from './settings.ts'
import { sayStoreNews, sayStoreState } from './store-news.ts'
import { COMMAND_LINE, withAccessLog, withLog } from './with-log.ts'

export interface WithAppOptions extends Pick<
  AppOptions,
  'background' | 'isEdge' | 'staysOpen' | 'readConfig' | 'namedStore' | 'metrics'
> {
  /** Whether the work can do without a Jira and a store that open, or waits for them itself. */
  readonly mayStayClosed?: boolean
  /** Whether the token may be one that is just being replaced. */
  readonly changesToken?: boolean
  /** Whether what is asked for is done in the store that is set, or not at all: nothing may stand in for it. */
  readonly primaryStoreOnly?: boolean
  /** Whether the core's texts are left as they are: for a document, and for work that has the core keep them. */
  readonly rawTexts?: boolean
}

/** Opens the core for a command, does `work` with it and closes it again. The rest: see `AppOptions`. */
export function withApp<T>(
  io: CliIo,
  given: Config,
  work: (app: App) => Promise<T>,
  options: WithAppOptions = {},
): Promise<T> {
  const { mayStayClosed, changesToken, primaryStoreOnly, rawTexts, ...appOptions } = options
  const { background = false, staysOpen = background } = options
  const config = primaryStoreOnly === true ? { ...given, fallback: null } : given
  const mustBeUp = !staysOpen && mayStayClosed !== true
  const open = async (log: Log, accessLog: AccessLog): Promise<T> => {
    if (changesToken !== true) warnOfToken(io, config)
    // Loaded late: help and wrong flags are answered without the core's weight.
    const { createApp } = await import('../../app/app.ts')
    const policy = staysOpen ? undefined : oneCallPolicy(io)
    const opened = createApp(config, { ...appOptions, log, background, staysOpen, mustBeUp, policy })
    const recorded = createInProcessClient(recordCalls(opened.dispatch, accessLog, COMMAND_LINE), opened.hub)
    const client = rawTexts === true ? recorded : plainClient(recorded)
    const app = { ...opened, client }
    try {
      if (staysOpen) sayStoreNews(io, app.client)
      if (mayStayClosed !== true) {
        const isPatient = staysOpen && config.vault !== null
        await untilOpen(io, app, { isPatient, mayFallBack: primaryStoreOnly !== true })
      }
      if (mustBeUp) await sayStoreState(io, client)
      return await work(app)
    } finally {
      await app.stop()
    }
  }
  return withLog(io, config.dataDir, (log) =>
    withAccessLog(io, config.dataDir, (accessLog) => open(log, accessLog)),
  )
}

interface Opening {
  /** Whether a Vault that is sealed or away is waited for. */
  readonly isPatient: boolean
  /** Whether a file may stand in for a store that is out of reach. */
  readonly mayFallBack: boolean
}

/** Opens the core, and resolves when it is open. Throws `cancelled` after an interrupt, and as `App.opened`. */
export async function untilOpen(io: CliIo, app: App, { isPatient, mayFallBack }: Opening): Promise<void> {
  const opening = coreOpened(app, mayFallBack)
  await orCancelled(isPatient ? openedWithVault(io, app, opening) : opening, io.signal, ...INTERRUPTED)
}

/**
 * Who waits for one command soon gets the error of a Jira that does not answer, and does not wait for it twice; but where it has
 * answered before: a long fetch or a run does not end with one answer that does not come.
 */
function oneCallPolicy(io: CliIo): RequestPolicy {
  let hasAnswered = false
  let saidMs = -Infinity
  let saidUntil = ''
  return {
    retryPolicy: {
      ...DEFAULT_RETRY_POLICY,
      get afterTimeout() {
        return hasAnswered
      },
    },
    onAnswer: () => void (hasAnswered = true),
    onSilence(host, waitedMs) {
      // Of several requests under way one is reported.
      if (performance.now() - saidMs < SILENCE_NOTICE_EVERY_MS) return
      saidMs = performance.now()
      say(io, `${host} has not answered for ${waitedMs / 1_000} s. It is waited for; Ctrl-C ends that.`)
    },
    onWait(host, untilMs) {
      const until = utcText(untilMs)
      if (until === saidUntil) return
      saidUntil = until
      say(io, `${host} takes no more requests until ${until}. That is waited for; Ctrl-C ends it.`)
    },
  }
}

const INTERRUPTED = ['Interrupted before the Jira and the store were open.', 'Nothing was changed.'] as const
const SILENCE_NOTICE_EVERY_MS = 4_000

/** As `app.opened`. Of a store that is out of reach it also says, where that is so, that a file may stand in for it. */
async function coreOpened(app: App, mayFallBack: boolean): Promise<void> {
  try {
    await app.opened()
  } catch (error) {
    if (!mayFallBack || !(error instanceof AppError) || !error.code.startsWith('store-')) throw error
    const { canFallBack } = await app.client.call('store.status', {})
    if (!canFallBack) throw error
    const hint = `${error.hint} --fallback sqlite uses a file on this machine meanwhile, which fetch-tickets fills from Jira.`
    throw new AppError(error.code, error.what, { ...toWireError(error), hint, cause: error })
  }
}

/** As `opened`, for who stays open: while Vault is sealed or away it is waited for, and the app tries it again by itself. */
async function openedWithVault(io: CliIo, app: App, opened: Promise<void>): Promise<void> {
  let last = ''
  for (let opening = opened; ; opening = app.opened()) {
    try {
      return await opening
    } catch (error) {
      const passes = error instanceof AppError && error.code === 'secrets-unavailable' && error.retryable
      if (!passes) throw error
      if (last !== error.message) say(io, errorText(error))
      last = error.message
    }
    await machineClock.sleep(BETWEEN_LOOKS_MS, io.signal)
  }
}

/** Real milliseconds. */
const BETWEEN_LOOKS_MS = 250
