import { AppError } from '../../src-shared/errors/app-error.ts'
import type { App } from '../app/app.ts'
import { machineClock } from '../runtime/clock.ts'
import type { Config } from '../config/config.ts'
import type { ServerConfig } from '../config/server-config.ts'
import { projectVersion } from '../runtime/project-files.ts'
import type { CliIo } from './io.ts'
import { withApp } from './with-app.ts'

/** Serves a workspace's dashboard until Ctrl-C or SIGTERM: what `serve` and `plot-data` both are. */
export async function serveWorkspace(
  io: CliIo,
  readConfig: () => Config,
  {
    access,
    json,
    demoRun = false,
  }: { access: ServerConfig; json: boolean | undefined; demoRun?: boolean | undefined },
): Promise<void> {
  const config = readConfig()
  const { serveDashboard } = await import('./serve-dashboard.ts')
  const { createPrometheus } = await import('../metrics/prometheus.ts')
  const prometheus = createPrometheus({ version: projectVersion() })
  const observe = { prometheus, open: access.openMetrics }
  const served = { dataDir: config.dataDir, port: access.port, access, json, observe }
  const serving = async (app: App): Promise<void> => {
    if (config.projectFixedBy !== null) await refuseWrongProject(app, io.signal)
    return serveDashboard(io, app, served)
  }
  await withApp(io, config, serving, {
    metrics: prometheus.metrics,
    background: true,
    demoRun,
    readConfig,
    mayStayClosed: canBeMended(config),
    mayWait: true,
  })
}

/** A Jira that is away, or slow, does not keep the settings from being served. */
const PATIENCE_MS = 5_000

/** A project that the command or the environment names cannot be mended in the settings. */
async function refuseWrongProject(app: App, signal: AbortSignal): Promise<void> {
  const opened = app.opened().catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'usage') throw error
  })
  const enough = new AbortController()
  const wait = machineClock.sleep(PATIENCE_MS, AbortSignal.any([signal, enough.signal])).catch(() => {})
  await Promise.race([opened, wait]).finally(() => enough.abort())
}

/** What is chosen in the settings can be mended there. */
function canBeMended({ jira, jiraFixedBy, store, storeFixedBy }: Config): boolean {
  return (
    (jira.kind === 'site' && jiraFixedBy === null) || (store.kind === 'postgres' && storeFixedBy === null)
  )
}
