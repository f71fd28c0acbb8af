import type { Config } from '../config/config.ts'
import type { ServerConfig } from '../config/server-config.ts'
import { projectVersion } from '../project-files.ts'
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
  await withApp(io, config, (app) => serveDashboard(io, app, served), {
    metrics: prometheus.metrics,
    background: true,
    demoRun,
    readConfig,
    mayStayClosed: canBeMended(config),
    mayWait: true,
  })
}

/** What is chosen in the settings can be mended there. */
function canBeMended({ jira, jiraFixedBy, store, storeFixedBy }: Config): boolean {
  return (
    (jira.kind === 'site' && jiraFixedBy === null) || (store.kind === 'postgres' && storeFixedBy === null)
  )
}
