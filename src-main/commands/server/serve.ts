import type { Command } from 'commander'
import { AppError } from '../../../src-shared/errors/app-error.ts'
import type { App } from '../../app/app.ts'
import type { Config } from '../../config/config.ts'
import { readServerConfig, type ServerConfig } from '../../config/server-config.ts'
import { machineClock } from '../../runtime/clock.ts'
import { projectVersion } from '../../runtime/project-files.ts'
import { readTls } from '../../server/tls-files.ts'
import { addAfterHelp, addFlags, configOf, type CommonOptions } from '../cli/options.ts'
import type { CliIo, CommandHost } from '../cli/io.ts'
import { withApp } from '../cli/with-app.ts'
import { untilAborted, withTimeout } from '../../runtime/async.ts'

/** A Jira that is away, or slow, does not keep the settings from being served. */
const PATIENCE_MS = 5_000
const AFTER_HELP = [
  'Beyond this machine it is served only with TLS: by --tls-cert and --tls-key, which are read again when the files change, or by a proxy before it (--behind-proxy). Browsers are let in by the one name of --public-url; a proxy passes their Host header on and adds their address to X-Forwarded-For.',
  'Programs bring a token (jira-tpm token create), browsers a one-time link of jira-tpm token link. On a terminal this command prints one, of scope admin, for 15 minutes; into a file or a log it never does.',
  'In the environment: JIRA_TPM_HOST, JIRA_TPM_PORT, JIRA_TPM_TLS_CERT_FILE, JIRA_TPM_TLS_KEY_FILE, JIRA_TPM_BEHIND_PROXY, JIRA_TPM_TRUST_PROXY, JIRA_TPM_PUBLIC_URL, JIRA_TPM_OPEN_METRICS, JIRA_TPM_ACCESS_LOG_STDOUT.',
]

export function addServe(program: Command, host: CommandHost): void {
  const serving = program
    .command('serve')
    .description('serves the live dashboard and the API to a team, until Ctrl-C or SIGTERM')
    .action((_options, command: Command) => serve(host.io, command.optsWithGlobals()))
  addAfterHelp(addFlags(serving, 'serve'), AFTER_HELP)
}

async function serve(io: CliIo, options: CommonOptions): Promise<void> {
  const access = readServerConfig({ flags: options, env: io.env, cwd: io.cwd })
  if (access.tls !== null) readTls(access.tls, machineClock.now()) // before anything is opened
  await serveWorkspace(io, () => configOf(io, options), { access, json: options.json })
}

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
  const { createPrometheus } = await import('../../metrics/prometheus.ts')
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

/** A project that the command or the environment names cannot be mended in the settings. */
async function refuseWrongProject(app: App, signal: AbortSignal): Promise<void> {
  const opened = app.opened().catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'usage') throw error
  })
  await withTimeout(Promise.race([opened, untilAborted(signal)]), PATIENCE_MS, () => {})
}

/** What is chosen in the settings can be mended there. */
function canBeMended({ jira, jiraFixedBy, store, storeFixedBy }: Config): boolean {
  return (
    (jira.kind === 'site' && jiraFixedBy === null) || (store.kind === 'postgres' && storeFixedBy === null)
  )
}
