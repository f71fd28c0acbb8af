import type { Command } from 'commander'
import {
  CONTEXT_PATH,
  DEFAULT_SANDBOX,
  INDEX_LAG_FORMS,
  isMoodName,
  MOOD_NAMES,
  MOODS,
  parseIndexLag,
  SANDBOX_LIMITS,
  setMood,
  type MoodName,
  type SandboxConfig,
  type SandboxIndexLag,
} from '#jira-sandbox'
import { nothingStarted } from '../../../src-shared/errors/app-error.ts'
import { untilAborted } from '../../runtime/async.ts'
import { print, type CommandHost } from '../cli/io.ts'
import {
  configOf,
  decimalNumber,
  flagValue,
  given,
  oneOf,
  wholeNumber,
  zoneName,
  type CommonOptions,
} from '../cli/options.ts'
import { withLog } from '../cli/with-app.ts'

interface SandboxOptions extends CommonOptions {
  readonly port?: number
  readonly historyTickets?: number
  readonly historyHours?: number
  readonly seed?: number
  readonly lag?: SandboxIndexLag
  readonly userZone?: string
  readonly siteZone?: string
  readonly burst?: number
  readonly deployment?: SandboxConfig['deployment']
  readonly contextPath?: string
  readonly mood?: MoodName | 'list'
}

const NOTHING = { nothing: 'Nothing was started.' }
const zone = (flag: string) => zoneName(flag, { ...NOTHING, hint: 'Write it as Europe/Berlin.' })
const indexLag = flagValue('--lag', INDEX_LAG_FORMS, parseIndexLag, NOTHING)
const contextPath = flagValue(
  '--context-path',
  'a path as /jira',
  (text) => (new RegExp(CONTEXT_PATH).test(text) ? text : null),
  NOTHING,
)
const mood = flagValue(
  '--mood',
  'the name of a mood',
  (text) => (text === 'list' || isMoodName(text) ? text : null),
  { ...NOTHING, hint: 'jira-tpm sandbox --mood list names them.' },
)

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
    .option(
      '--deployment <kind>',
      'the Jira that it plays: cloud or data-center (default: cloud)',
      oneOf('--deployment', ['cloud', 'data-center'], 'Nothing was started.'),
    )
    .option('--context-path <path>', 'a path before everything, as /jira (default: none)', contextPath)
    .option('--mood <name>', 'something that is wrong with it; --mood list names what there is', mood)
    .action(async (_options, command: Command) => {
      const options: SandboxOptions = command.optsWithGlobals()
      if (options.mood === 'list') listMoods(host, options)
      else await sandbox(host, options, options.mood)
    })
}

function listMoods({ io }: CommandHost, { json }: SandboxOptions): void {
  const moods = MOOD_NAMES.map((name) => ({ name, what: MOODS[name].what }))
  const width = Math.max(...MOOD_NAMES.map(({ length }) => length))
  const lines = moods.map(({ name, what }) => `${name.padEnd(width)}  ${what}`)
  print(io, json, { moods }, lines.join('\n'))
}

async function sandbox({ io }: CommandHost, options: SandboxOptions, wanted?: MoodName): Promise<void> {
  const { asAppError, openSandbox } = await import('../../workspace/sandbox-connection.ts')
  const config = configOf(io, { ...options, jira: 'sandbox' }, sandboxSettings(options))
  await withLog(io, config.dataDir, async (log) => {
    const connection = await openSandbox({ config, log })
    const { owned, url, siteId, email, apiToken } = connection
    if (!owned) {
      throw nothingStarted(
        'busy',
        `The sandbox of this data folder runs already, at ${url}.`,
        'Use that one, end its process, or choose another --data-dir.',
      )
    }
    try {
      if (wanted !== undefined) await asAppError(setMood(connection, wanted, io.signal))
      print(
        io,
        options.json,
        { url, siteId, email, apiToken, ...(wanted !== undefined && { mood: wanted }) },
        [
          `The sandbox Jira: ${url}`,
          ...(wanted === undefined ? [] : [`  mood       ${wanted}: it ${MOODS[wanted].what}`]),
          ...(config.sandbox.deployment === 'data-center' ? [] : [`  user       ${email}`]),
          // A Data Center server calls it a personal access token, and asks for nothing else.
          `  API token  ${apiToken}`,
          'Every Jira TPM with this data folder finds it by itself. Ctrl-C ends it.',
        ].join('\n'),
      )
      await untilAborted(io.signal)
    } finally {
      await connection.stop()
    }
  })
}

function sandboxSettings(options: SandboxOptions): Partial<SandboxConfig> {
  const { port, historyTickets, historyHours, seed, userZone, siteZone, deployment, lag, burst } = options
  const plain = { port, historyTickets, historyHours, seed, userZone, siteZone, deployment }
  return given({ ...plain, contextPath: options.contextPath, indexLag: lag, burstPerSecond: burst })
}
