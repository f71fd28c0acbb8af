import type { Command } from 'commander'
import { machineClock } from '../runtime/clock.ts'
import { SANDBOX_LIMITS } from '../config/sandbox-settings.ts'
import { readServerConfig } from '../config/server-config.ts'
import { readTls } from '../server/tls-files.ts'
import { addAfterHelp } from './after-help.ts'
import { configOf, type CommonOptions } from './common-options.ts'
import type { CliIo, CommandHost } from './io.ts'
import { wholeNumber } from './number-flags.ts'
import { serveWorkspace } from './serve-workspace.ts'

interface ServeOptions extends CommonOptions {
  readonly host?: string
  readonly port?: number
  readonly tlsCert?: string
  readonly tlsKey?: string
  readonly behindProxy?: boolean
  readonly trustProxy?: string
  readonly publicUrl?: string
  readonly openMetrics?: boolean
  readonly accessLogStdout?: boolean
}

const AFTER_HELP = [
  'Beyond this machine it is served only with TLS: by --tls-cert and --tls-key, which are read again when the files change, or by a proxy before it (--behind-proxy). Browsers are let in by the one name of --public-url; a proxy passes their Host header on and adds their address to X-Forwarded-For.',
  'Programs bring a token (jira-tpm token create), browsers a one-time link of jira-tpm token link. On a terminal this command prints one, of scope admin, for 15 minutes; into a file or a log it never does.',
  'In the environment: JIRA_TPM_HOST, JIRA_TPM_PORT, JIRA_TPM_TLS_CERT_FILE, JIRA_TPM_TLS_KEY_FILE, JIRA_TPM_BEHIND_PROXY, JIRA_TPM_TRUST_PROXY, JIRA_TPM_PUBLIC_URL, JIRA_TPM_OPEN_METRICS, JIRA_TPM_ACCESS_LOG_STDOUT.',
]

export function addServe(program: Command, host: CommandHost): void {
  const serving = program
    .command('serve')
    .description('serves the live dashboard and the API to a team, until Ctrl-C or SIGTERM')
    .option('--host <address>', 'where to listen (default: 127.0.0.1, this machine alone)')
    .option(
      '--port <n>',
      'the port; 0 for any free one (default: 8050)',
      wholeNumber('--port', SANDBOX_LIMITS.port),
    )
    .option('--tls-cert <file>', "PEM file of the server's certificate and its chain")
    .option('--tls-key <file>', 'PEM file of its private key')
    .option('--behind-proxy', 'a proxy before it does TLS')
    .option('--trust-proxy <cidr>', 'the same, and it connects from this network: others are refused')
    .option('--public-url <url>', 'the one address that browsers open it by: https://NAME')
    .option(
      '--access-log-stdout',
      'who did what (access.log of the log folder) to stdout, too, as JSON lines',
    )
    .option('--open-metrics', '/metrics without a token; on this machine alone')
    .action((_options, command: Command) => serve(host.io, command.optsWithGlobals()))
  addAfterHelp(serving, AFTER_HELP)
}

async function serve(io: CliIo, options: ServeOptions): Promise<void> {
  const access = readServerConfig({ flags: options, env: io.env, cwd: io.cwd })
  if (access.tls !== null) readTls(access.tls, machineClock.now()) // before anything is opened
  await serveWorkspace(io, () => configOf(io, options), { access, json: options.json })
}
