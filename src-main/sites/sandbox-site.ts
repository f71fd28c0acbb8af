import { watch } from 'node:fs'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { createSiteTime } from '../runtime/clock.ts'
import { DEFAULT_WATCH, type Config } from '../config/config.ts'
import { createCloudJira } from '../jira/cloud/cloud.ts'
import { createDataCenterJira } from '../jira/data-center/data-center.ts'
import { wrapJira, type Jira } from '../jira/jira.ts'
import { createClockControl } from '#jira-sandbox'
import type { Site, SiteParts } from './site.ts'
import { runningInstances } from '../workspace/instance.ts'
import { asAppError, openSandbox, type SandboxConnection } from '../workspace/sandbox-connection.ts'
import { coalesce } from '../runtime/async.ts'

/**
 * The workspace's sandbox as a site. It may run in another process, a command that ends before us: then it is opened
 * again, by the first call that needs it, from the same file, and all goes on.
 */
export async function openSandboxSite(config: Config, options: SandboxSiteParts): Promise<Site> {
  const { log, signal } = options
  const time = createSiteTime(options.clock)
  let opened = await open(config, options, time)
  const backListeners: (() => void)[] = []

  const openAgain = coalesce(async (): Promise<void> => {
    if (signal.aborted) return
    await opened.sandbox.stop()
    opened = await open(config, options, time)
    log.info({ url: opened.sandbox.url }, 'the sandbox was opened again')
    for (const listener of backListeners) listener()
  })
  const openAgainSoon = (): void => {
    openAgain().catch((error: unknown) => log.warn({ err: error }, 'the sandbox could not be opened again'))
  }
  /** Another process may have let the clock run fast: the answers' own time shows it. */
  const followClock = (siteMs: number): void => {
    if (Math.abs(siteMs - time.now()) < CLOCK_TOLERANCE_MS) return
    opened.control.get(signal).then(
      (next) => time.set(next),
      (error: unknown) => log.warn({ err: error }, 'the sandbox’s clock could not be read'),
    )
  }
  const leave = whenGone(config.dataDir, () => opened.sandbox, openAgainSoon)

  const { siteId } = opened.sandbox
  return {
    id: siteId,
    about: { id: siteId, kind: 'sandbox', label: 'Sandbox', browseUrl: null },
    watch: DEFAULT_WATCH,
    jira: reopening(() => opened.jira, { openAgain: openAgainSoon, onSiteMs: followClock }),
    time,
    baseUrl: () => opened.sandbox.url,
    resetAuthGate: () => {}, // it never locks anybody out
    compress: async (rate, untilSiteMs, runSignal) => {
      const next = await asAppError(opened.control.run(rate, untilSiteMs, runSignal))
      time.set(next)
      return next
    },
    onBack: (listener) => void backListeners.push(listener),
    async close() {
      leave()
      await openAgain.current()?.catch(() => {}) // it was reported where it began
      await opened.sandbox.stop()
    },
  }
}

/** `Date` headers have whole seconds, and an answer takes a moment; more than this is another clock. */
const CLOCK_TOLERANCE_MS = 5_000

type SandboxSiteParts = Pick<SiteParts, 'clock' | 'log' | 'metrics' | 'policy' | 'signal'>

interface Opened {
  readonly sandbox: SandboxConnection
  readonly control: ReturnType<typeof createClockControl>
  readonly jira: Jira
}

/** Sets the site's time, too. */
async function open(
  config: Config,
  { clock, log, metrics, policy, signal }: SandboxSiteParts,
  time: ReturnType<typeof createSiteTime>,
): Promise<Opened> {
  const sandbox = await openSandbox({ config, log })
  try {
    const control = createClockControl(sandbox)
    time.set(await asAppError(control.get(signal)))
    return { sandbox, control, jira: jiraOf(sandbox, { clock, metrics, policy }) }
  } catch (error) {
    await sandbox.stop()
    throw error
  }
}

function jiraOf(
  { deployment, url, email, apiToken }: SandboxConnection,
  { policy, ...parts }: Pick<SiteParts, 'clock' | 'metrics' | 'policy'>,
): Jira {
  return deployment === 'data-center'
    ? createDataCenterJira({ url, token: apiToken, ...parts, ...policy })
    : createCloudJira({ url, email, apiToken, ...parts, ...policy })
}

/** Called when the process that runs the sandbox takes its offer back, until the returned function is called. */
function whenGone(dataDir: string, current: () => SandboxConnection, gone: () => void): () => void {
  const look = (): void => {
    const { owned, url } = current()
    if (!owned && !runningInstances(dataDir).some(({ sandbox }) => sandbox?.url === url)) gone()
  }
  // Where the folder cannot be watched, or the file not read just now, the next call that fails finds out.
  try {
    const watcher = watch(dataDir, { persistent: false }, (_event, name) => {
      if (name === null || name === 'instance.json') quietly(look)
    })
    watcher.on('error', () => watcher.close())
    return () => watcher.close()
  } catch {
    return () => {}
  }
}

function quietly(work: () => void): void {
  try {
    work()
  } catch {
    // See where it is called.
  }
}

/** A Jira whose calls fail as ever; one that does not reach it has it opened again for the next. */
function reopening(
  current: () => Jira,
  { openAgain, onSiteMs }: { openAgain: () => void; onSiteMs: (siteMs: number) => void },
): Jira {
  const noticing = async <T>(call: Promise<T>): Promise<T> => {
    try {
      return await call
    } catch (error) {
      if (error instanceof AppError && error.code === 'jira-unreachable') openAgain()
      throw error
    }
  }
  const jira = wrapJira((call) => noticing(call(current())))
  return {
    ...jira,
    async search(query, signal) {
      const page = await jira.search(query, signal)
      onSiteMs(page.siteMs)
      return page
    },
  }
}
