import { AppError, toWireError, errorText, type WireError } from '../../../src-shared/errors/app-error.ts'
import type { App } from '../../app/app.ts'
import type { ServerConfig } from '../../config/server-config.ts'
import { watchApp } from '../../metrics/watch-app.ts'
import { createAccessLog, openAccessLog } from '../../runtime/access-log.ts'
import { machineClock } from '../../runtime/clock.ts'
import type { Observation } from '../../server/routes/metrics.ts'
import { createServer } from '../../server/server.ts'
import { LINK_TTL_MS } from '../../tokens/lifetimes.ts'
import { createTokens } from '../../tokens/tokens.ts'
import { announce, runningInstances, withdraw } from '../../workspace/instance.ts'
import { print, say, type CliIo } from '../cli/io.ts'
import { handOver } from './hand-over.ts'
import { openInBrowser, surroundings, whyNotOpened } from './open-browser.ts'
import { sayAccessLogFailed } from '../cli/with-log.ts'
import { untilAborted } from '../../runtime/async.ts'

interface ServeOptions extends DashboardOptions {
  readonly observe: Observation
  readonly json: boolean | undefined
  /** Whether the person's browser is to show it. */
  readonly opens?: boolean | undefined
  /** What webhooks are signed with, where they are taken. */
  readonly hooksSecret?: string | null
}

/** Serves the live dashboard until Ctrl-C; its link is the result. Throws `port-in-use`, and as `opened`. */
export async function serveDashboard(io: CliIo, app: App, options: ServeOptions): Promise<void> {
  const dashboard = await open(io, app, options)
  const stopWatching = watchApp(options.observe.prometheus.registry, { app, clock: machineClock })
  let hooks: OpenHooks | null = null
  try {
    hooks = await openHooks(app, options)
    // What could not be opened is reported here and in the window, where the settings can mend it. Neither is kept waiting
    // by a Jira that does not answer.
    void app.start().catch((error: unknown) => sayFailure(io, app, toWireError(error)))
    const { url } = dashboard
    // On a terminal alone: in a pipe it would stay in a log.
    const link = io.stdoutIsTTY ? await dashboard.link() : null
    const another = 'jira-tpm token link --scope admin'
    const why = options.opens === true ? whyNotOpened(surroundings(io.env, link !== null)) : null
    const opens = options.opens === true && why === null ? 'It opens in your browser. ' : ''
    const text =
      link === null
        ? `The dashboard: ${url}\nA link that lets a browser in: ${another}. Ctrl-C ends it.`
        : `The dashboard: ${link}\n${opens}The link works once, within 15 minutes; for another: ${another}. Ctrl-C ends it.`
    const taken = hooks === null ? '' : `\nJira's webhooks are taken at ${hooks.url}.`
    print(io, options.json, { url, link, ...(hooks !== null && { hooks: hooks.url }) }, text + taken)
    if (why !== null && link !== null) say(io, `No browser was opened: ${why}.`)
    if (opens !== '') void showInBrowser(io, dashboard)
    await untilAborted(io.signal)
  } finally {
    stopWatching()
    await hooks?.stop()
    await dashboard.close()
  }
}

type OpenHooks = Awaited<ReturnType<typeof openHooks>>

/** Takes webhooks where the options say so; null where they do not. Throws as `createHookServer`. */
async function openHooks(app: App, { access, hooksSecret, observe }: ServeOptions) {
  if (access === undefined || access.hooks === null || !hooksSecret) return null
  const { createHookServer } = await import('../../server/hooks/hook-server.ts')
  const { metrics } = observe.prometheus
  const server = createHookServer({
    inbox: () => app.hooks(),
    secret: hooksSecret,
    place: access.hooks,
    access,
    log: app.log,
    metrics,
  })
  const { url } = await server.start()
  return { url, stop: () => server.stop() }
}

/** A browser that cannot be opened is no failure: the link stands on the terminal. */
async function showInBrowser(io: CliIo, dashboard: OpenDashboard): Promise<void> {
  const { url, close } = await handOver(await dashboard.link())
  try {
    await openInBrowser(url, io.env)
  } catch (error) {
    close()
    say(io, `No browser could be opened (${(error as Error).message}): open the link above.`)
  }
}

/** What is wrong with the store was reported as news of that. */
async function sayFailure(io: CliIo, app: App, failure: WireError): Promise<void> {
  if (io.signal.aborted) return
  const status = await app.client.call('store.status', {})
  if (status.failure === null || errorText(status.failure) !== errorText(failure)) say(io, errorText(failure))
}

/** Where the port is taken by this very workspace's dashboard, nothing needs to be ended: the error says so. */
async function open(io: CliIo, app: App, options: ServeOptions): Promise<OpenDashboard> {
  const { dataDir, port } = options
  try {
    return await openDashboard(io, app, options)
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'port-in-use') throw error
    const urls = runningInstances(dataDir).map(({ dashboard }) => dashboard?.url)
    const url = urls.find((candidate) => candidate?.endsWith(`:${port}`))
    if (url === undefined) throw error
    throw new AppError('port-in-use', `This data folder's dashboard is served already, at ${url}.`, {
      hint: 'Use that one: jira-tpm token link makes a link to it. For a second one add --port 0.',
      cause: error,
    })
  }
}

/** How long a store that does not answer keeps a link from being shown. */
const LINK_PATIENCE_MS = 1_000

interface DashboardOptions {
  readonly dataDir: string
  /** Resolves when the core is open as far as it must be: nobody is answered before. */
  readonly opened?: Promise<void>
  /** 0: any free one. */
  readonly port: number
  /** How it is reached; by this machine alone where left out. */
  readonly access?: ServerConfig
  readonly observe?: Observation
}

/**
 * Serves the live dashboard, and announces it to the workspace's other programs. Throws `port-in-use`, `usage`,
 * `not-configured` where TLS files are of no use, or `not-found` where it is not built.
 */
export async function openDashboard(
  io: CliIo,
  app: App,
  { dataDir, opened, port, access, observe }: DashboardOptions,
) {
  const file = openAccessLog(dataDir, (error) => sayAccessLogFailed(io, dataDir, error))
  const stdout = access?.accessLogToStdout ? createAccessLog((line) => io.stdout.write(line)) : undefined
  const tokens = createTokens({
    book: app.accessBook,
    log: app.log,
    accessLog: { record: (event, fields) => file.record(event, { who: 'server', ...fields }) },
    seenBy: stdout,
  })
  const server = createServer({
    app,
    tokens,
    dataDir,
    rendererDir: io.rendererDir,
    port,
    ...(access !== undefined && { access }),
    log: app.log,
    observe,
    accessLog: {
      record(event, fields) {
        file.record(event, fields)
        stdout?.record(event, fields)
      },
    },
  })
  try {
    const { url, localUrl } = await server.start(opened)
    await announce(dataDir, { dashboard: { url: localUrl, publicUrl: url } })
    return {
      url,
      /**
       * A new admin's link, for a person at a terminal and nowhere else: what it is printed to may be kept. Its code is in
       * the fragment, which no browser sends or logs. It is good while the store is away, too: by it the store is mended.
       */
      async link(): Promise<string> {
        const { code } = await tokens.holdLink({ scope: 'admin', ttlMs: LINK_TTL_MS }, LINK_PATIENCE_MS)
        return `${url}/#code=${code}`
      },
      async close(): Promise<void> {
        await server.stop()
        await file.close()
        await withdraw(dataDir, ['dashboard'], app.log)
      },
    }
  } catch (error) {
    await server.stop()
    await file.close()
    throw error
  }
}

export type OpenDashboard = Awaited<ReturnType<typeof openDashboard>>
