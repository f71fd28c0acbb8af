import { AppError, nothingDone, nothingStarted } from '../../../src-shared/errors/app-error.ts'
import type { App } from '../../app/app.ts'
import { passesByItself } from '../../app/reopening.ts'
import type { Config } from '../../config/config.ts'
import { readServerConfig, THIS_MACHINE, type ServerConfig } from '../../config/server-config.ts'
import { machineClock } from '../../runtime/clock.ts'
import { projectVersion } from '../../runtime/project-files.ts'
import { readTls } from '../../server/tls-files.ts'
import type { CommandCall } from '../cli/define-command.ts'
import type { CliIo } from '../cli/io.ts'
import { untilOpen } from '../cli/with-app.ts'
import type { PLOT_DATA } from '../ticket-commands.ts'
import { untilAborted, withTimeout } from '../../runtime/async.ts'

/** A Jira that is away, or slow, does not keep the settings from being served. */
const PATIENCE_MS = 5_000
export async function serve(call: CommandCall<'own-core'>): Promise<void> {
  const { io, options } = call
  const access = readServerConfig({ flags: options, env: io.env, cwd: io.cwd })
  if (access.tls !== null) readTls(access.tls, machineClock.now()) // before anything is opened
  await serveWorkspace(call, access)
}

/** The loopback form of `serve`: what the environment says of that is not asked. */
export async function plotData(call: CommandCall<'own-core', typeof PLOT_DATA>): Promise<void> {
  const { port, open, from, to, zone, interval, theme } = call.options
  if ([from, to, zone, interval, theme].some((value) => value !== undefined)) {
    throw nothingDone(
      'usage',
      '--from, --to, --zone, --interval and --theme say what is in the picture of --png.',
      'In the dashboard, choose them there.',
    )
  }
  return serveWorkspace(call, { ...THIS_MACHINE, port }, open)
}

/** Serves a workspace's dashboard until Ctrl-C or SIGTERM. */
async function serveWorkspace(
  { io, options, config: readConfig, open }: CommandCall<'own-core'>,
  access: ServerConfig,
  opens = false,
): Promise<void> {
  const config = readConfig()
  const { createPrometheus } = await import('../../metrics/prometheus.ts')
  const prometheus = createPrometheus({ version: projectVersion() })
  const observe = { prometheus, open: access.openMetrics }
  const { dataDir } = config
  if (access.isEdge && access.hooks !== null && config.jira.kind === 'sandbox') throw sandboxAtEdge()
  const hooksSecret = access.hooks === null ? null : await hooksSecretOf(config, io.signal)
  const served = { dataDir, port: access.port, access, json: options.json, observe, opens, hooksSecret }
  const serving = async (app: App): Promise<void> => {
    // The core opens while the server is loaded and made.
    const opened = untilUsable(io, app, config)
    opened.catch(() => {}) // it is waited for by who serves
    const { serveDashboard } = await import('./serve-dashboard.ts')
    return serveDashboard(io, app, { ...served, opened })
  }
  await open(config, serving, {
    metrics: prometheus.metrics,
    background: true,
    isEdge: access.isEdge,
    readConfig,
    mayStayClosed: true,
  })
}

/** A sandbox's address, by which its webhooks are known, is another at each start: only who runs it has it. */
function sandboxAtEdge(): AppError {
  return nothingStarted(
    'usage',
    'An edge (--edge) does not know the sandbox that another server runs, and would refuse its webhooks (--hooks).',
    'Add --hooks to the server that runs the sandbox, and leave it out here; with a Jira of your own an edge takes them.',
  )
}

/** Throws `not-configured` where there is none, before anything is opened. */
async function hooksSecretOf(config: Config, signal: AbortSignal): Promise<string> {
  const { createSecrets, resolveHooksSecret } = await import('../../secrets/secrets.ts')
  return resolveHooksSecret(config, createSecrets({ dataDir: config.dataDir, log: { warn() {} } }), signal)
}

/** Until the core is open, or what keeps it closed passes by itself or can be mended in the settings. Throws where neither is so. */
async function untilUsable(io: CliIo, app: App, config: Config): Promise<void> {
  if (!canBeMended(config)) {
    try {
      await untilOpen(io, app, { isPatient: config.vault !== null, mayFallBack: true })
    } catch (error) {
      // What passes by itself is reported by the core, which tries it again.
      if (!(error instanceof AppError && passesByItself(error))) throw error
    }
  }
  if (config.projectFixedBy !== null) await refuseWrongProject(app, io.signal)
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
