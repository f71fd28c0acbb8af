import { AppError, errorText, toWireError, type WireError } from '../../src-shared/errors/app-error.ts'
import type { App } from '../app/app.ts'
import { machineClock } from '../runtime/clock.ts'
import { watchApp } from '../metrics/watch-app.ts'
import type { Observation } from '../server/metrics-route.ts'
import { runningInstances } from '../workspace/instance.ts'
import { interrupted } from './interrupt.ts'
import { print, repeatFlags, say, type CliIo } from './io.ts'
import { openDashboard, type DashboardOptions, type OpenDashboard } from './open-dashboard.ts'

interface ServeOptions extends DashboardOptions {
  readonly observe: Observation
  readonly json: boolean | undefined
}

/** Serves the live dashboard until Ctrl-C; its link is the result. Throws `port-in-use`. */
export async function serveDashboard(io: CliIo, app: App, options: ServeOptions): Promise<void> {
  const dashboard = await open(io, app, options)
  const leave = watchApp(options.observe.prometheus.registry, { app, clock: machineClock })
  try {
    // What could not be opened is told here and in the window, where the settings can mend it. Neither is kept waiting
    // by a Jira that does not answer.
    void app.start().catch((error: unknown) => tellFailure(io, app, toWireError(error)))
    const { url } = dashboard
    const link = await startLink(io, dashboard)
    const another = repeatFlags(io, 'jira-tpm token link --scope admin')
    const text =
      link === null
        ? `The dashboard: ${url}\nA link that lets a browser in: ${another}. Ctrl-C ends it.`
        : `The dashboard: ${link}\nThe link works once, within 15 minutes; for another: ${another}. Ctrl-C ends it.`
    print(io, options.json, { url, link }, text)
    await interrupted(io.signal)
  } finally {
    leave()
    await dashboard.close()
  }
}

/** On a terminal alone: elsewhere it would stay in a log. Null also where none can be made, which is said. */
async function startLink(io: CliIo, dashboard: OpenDashboard): Promise<string | null> {
  if (!io.stdoutIsTTY) return null
  try {
    return await dashboard.link()
  } catch (error) {
    say(io, errorText(toWireError(error)))
    return null
  }
}

/** What is wrong with the store was told as news of that. */
async function tellFailure(io: CliIo, app: App, failure: WireError): Promise<void> {
  if (io.signal.aborted) return
  const status = await app.client.call('store.status', {})
  if (status.failure?.message !== failure.message) say(io, errorText(failure))
}

/** Where the port is taken by this very workspace's dashboard, nothing needs to be ended: it is told so. */
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
