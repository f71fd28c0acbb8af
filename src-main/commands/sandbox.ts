import type { Command } from 'commander'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { DEFAULT_SANDBOX, type IndexLag, type SandboxConfig } from '../config/config.ts'
import { INDEX_LAG_FORMS, parseIndexLag, SANDBOX_LIMITS } from '../config/sandbox-settings.ts'
import { isZone } from '../config/zone.ts'
import { configOf, type CommonOptions } from './common-options.ts'
import { interrupted } from './interrupt.ts'
import { print, type CommandHost } from './io.ts'
import { decimalNumber, wholeNumber } from './number-flags.ts'
import { withLog } from './with-app.ts'

interface SandboxOptions extends CommonOptions {
  readonly port?: number
  readonly historyTickets?: number
  readonly historyHours?: number
  readonly seed?: number
  readonly lag?: IndexLag
  readonly userZone?: string
  readonly siteZone?: string
  readonly burst?: number
}

export function addSandbox(program: Command, host: CommandHost): void {
  const { port, historyTickets, historyHours, seed, burstPerSecond } = SANDBOX_LIMITS
  const history = `(default: ${DEFAULT_SANDBOX.historyTickets} in ${DEFAULT_SANDBOX.historyHours} hour)`
  program
    .command('sandbox')
    .description('runs the built-in Jira on this machine, until Ctrl-C')
    .option('--port <n>', 'the port (default: any free one)', wholeNumber('--port', port))
    .option(
      '--history-tickets <n>',
      `past tickets of a new sandbox ${history}`,
      wholeNumber('--history-tickets', historyTickets),
    )
    .option(
      '--history-hours <n>',
      'over how many hours they lie',
      decimalNumber('--history-hours', historyHours),
    )
    .option('--seed <n>', 'the same seed gives the same past', wholeNumber('--seed', seed))
    .option('--lag <span>', `how late its search finds tickets: ${INDEX_LAG_FORMS} (default: none)`, indexLag)
    .option('--user-zone <zone>', 'time zone of the account (default: UTC)', zone('--user-zone'))
    .option('--site-zone <zone>', 'time zone of the site (default: UTC)', zone('--site-zone'))
    .option(
      '--burst <n>',
      'requests a second before it answers 429 (default: 0, no limit)',
      wholeNumber('--burst', burstPerSecond),
    )
    .action((_options, command: Command) => sandbox(host, command.optsWithGlobals()))
}

async function sandbox({ io }: CommandHost, options: SandboxOptions): Promise<void> {
  const { openSandbox } = await import('../workspace/sandbox-connection.ts')
  const config = configOf(io, { ...options, jira: 'sandbox' }, sandboxSettings(options))
  await withLog(io, config.dataDir, async (log) => {
    const connection = await openSandbox({ config, log })
    const { owned, url, siteId, email, apiToken } = connection
    if (!owned) {
      throw new AppError(
        'busy',
        `The sandbox of this data folder runs already, at ${url}. Nothing was started.`,
        {
          hint: 'Use that one, end its process, or choose another --data-dir.',
        },
      )
    }
    try {
      print(
        io,
        options.json,
        { url, siteId, email, apiToken },
        [
          `The sandbox Jira: ${url}`,
          `  user       ${email}`,
          `  API token  ${apiToken}`,
          'Every Jira TPM with this data folder finds it by itself. Ctrl-C ends it.',
        ].join('\n'),
      )
      await interrupted(io.signal)
    } finally {
      await connection.stop()
    }
  })
}

function sandboxSettings(options: SandboxOptions): Partial<SandboxConfig> {
  const { port, historyTickets, historyHours, seed, lag, userZone, siteZone, burst } = options
  const said = {
    port,
    historyTickets,
    historyHours,
    seed,
    indexLag: lag,
    userZone,
    siteZone,
    burstPerSecond: burst,
  }
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined))
}

function indexLag(text: string): IndexLag {
  const lag = parseIndexLag(text)
  if (lag !== null) return lag
  throw new AppError('usage', `--lag takes ${INDEX_LAG_FORMS}, not "${text}". Nothing was started.`)
}

function zone(flag: string): (text: string) => string {
  return (text) => {
    if (isZone(text)) return text
    throw new AppError(
      'usage',
      `${flag} takes the name of a time zone, not "${text}". Nothing was started.`,
      {
        hint: 'Write it as Europe/Berlin.',
      },
    )
  }
}
