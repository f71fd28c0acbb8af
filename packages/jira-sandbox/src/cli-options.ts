import { parseArgs } from 'node:util'
import {
  CONTEXT_PATH,
  DEFAULT_SANDBOX,
  INDEX_LAG_FORMS,
  parseIndexLag,
  SANDBOX_LIMITS,
  type Limits,
  type SandboxConfig,
  type SandboxIndexLag,
} from './config.ts'
import type { Fault } from './faults/fault.ts'
import { isMoodName, MOOD_NAMES, type MoodName } from './faults/moods.ts'
import { readFaults } from './faults/read-faults.ts'
import { SandboxError } from './sandbox-error.ts'
import { isZone, type SandboxSettings } from './settings.ts'

export const HELP = `jira-sandbox: a Jira on this machine, until Ctrl-C

  --port N               its port (default: any free one)
  --kind KIND            cloud or data-center (default: cloud)
  --file FILE            keeps its tickets there (default: in memory, for as long as it runs)
  --user EMAIL           the account's address (default: demo@sandbox.example)
  --token TOKEN          its API token, on Data Center its password too (default: made up)
  --project KEY          a project to be there, KEY or KEY=NAME; may be given again (default: TPM)
  --history-tickets N    past tickets of a new sandbox (default: ${DEFAULT_SANDBOX.historyTickets})
  --history-hours N      over how many hours they lie (default: ${DEFAULT_SANDBOX.historyHours})
  --history-weeks N      instead, so many weeks as a support desk has them (default: ${DEFAULT_SANDBOX.historyWeeks})
  --seed N               the same seed gives the same past (default: ${DEFAULT_SANDBOX.seed})
  --lag SPAN             how late its search finds tickets: ${INDEX_LAG_FORMS}
                         (default: none)
  --burst N              requests a second before it answers 429 (default: 0, no limit)
  --user-zone ZONE       time zone of the account (default: UTC)
  --site-zone ZONE       time zone of the site (default: UTC)
  --context-path PATH    a path before everything, as /jira (default: none)
  --faults LIST          what goes wrong: NAME or NAME:PARAMETER=VALUE:…, apart by commas; may be given again
  --mood NAME            a set of faults by its name
  --list                 names the faults and the moods, and ends
  --json                 prints one JSON document
  --help                 prints this, and ends

  jira-sandbox --port 8080 --kind data-center
  jira-sandbox --mood flaky --faults late:ms=800:rate=0.1,clock-skew:ms=60000
`

const TEXT = { type: 'string' } as const
const TEXTS = { type: 'string', multiple: true } as const
const SWITCH = { type: 'boolean' } as const

const OPTIONS = {
  port: TEXT,
  kind: TEXT,
  deployment: TEXT, // what jira-tpm sandbox calls the kind
  file: TEXT,
  user: TEXT,
  token: TEXT,
  project: TEXTS,
  'history-tickets': TEXT,
  'history-hours': TEXT,
  'history-weeks': TEXT,
  seed: TEXT,
  lag: TEXT,
  burst: TEXT,
  'user-zone': TEXT,
  'site-zone': TEXT,
  'context-path': TEXT,
  faults: TEXTS,
  mood: TEXT,
  list: SWITCH,
  json: SWITCH,
  help: { type: 'boolean', short: 'h' },
} as const

export type CliValues = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values']

/** Throws `usage`. */
export function readValues(args: readonly string[]): CliValues {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: false }).values
  } catch (error) {
    const [sentence = ''] = (error as Error).message.split('. ')
    throw usage(sentence)
  }
}

/** What the command line asks for. */
export interface WantedSandbox {
  readonly file: string
  readonly settings: SandboxSettings
  readonly email: string | undefined
  readonly apiToken: string | undefined
  readonly mood: MoodName
  readonly faults: readonly Fault[]
}

/** Throws `usage`, with what the option takes. */
export function readWanted(values: CliValues): WantedSandbox {
  const { port, historyTickets, historyHours, historyWeeks, seed, burstPerSecond } = SANDBOX_LIMITS
  const number = (name: keyof CliValues, limits: Limits, fallback: number, isWhole = true): number =>
    numberOf(name, values[name] as string | undefined, limits, fallback, isWhole)
  const { project } = values
  return {
    file: values.file ?? ':memory:',
    email: values.user,
    apiToken: values.token,
    mood: moodOf(values.mood ?? 'healthy'),
    faults: (values.faults ?? []).flatMap(readFaults),
    settings: {
      port: number('port', port, DEFAULT_SANDBOX.port),
      historyTickets: number('history-tickets', historyTickets, DEFAULT_SANDBOX.historyTickets),
      historyHours: number('history-hours', historyHours, DEFAULT_SANDBOX.historyHours, false),
      historyWeeks: number('history-weeks', historyWeeks, DEFAULT_SANDBOX.historyWeeks),
      seed: number('seed', seed, DEFAULT_SANDBOX.seed),
      burstPerSecond: number('burst', burstPerSecond, DEFAULT_SANDBOX.burstPerSecond),
      indexLag: lagOf(values.lag ?? 'none'),
      userZone: zoneOf('--user-zone', values['user-zone'] ?? 'UTC'),
      siteZone: zoneOf('--site-zone', values['site-zone'] ?? 'UTC'),
      deployment: kindOf(values.kind ?? values.deployment ?? 'cloud'),
      contextPath: contextPathOf(values['context-path'] ?? ''),
      ...(project !== undefined && { projects: project.map(projectOf) }),
    },
  }
}

function usage(what: string, hint = 'jira-sandbox --help names the options.'): SandboxError {
  return new SandboxError('usage', what.endsWith('.') ? what : `${what}.`, {
    consequence: 'Nothing was started.',
    hint,
  })
}

function numberOf(
  name: string,
  text: string | undefined,
  { min, max }: Limits,
  fallback: number,
  isWhole: boolean,
): number {
  if (text === undefined) return fallback
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN
  if (value >= min && value <= max && (!isWhole || Number.isInteger(value))) return value
  throw usage(`--${name} takes a ${isWhole ? 'whole ' : ''}number from ${min} to ${max}, not "${text}"`)
}

function kindOf(text: string): SandboxConfig['deployment'] {
  if (text === 'cloud' || text === 'data-center') return text
  throw usage(`--kind takes cloud or data-center, not "${text}"`)
}

function lagOf(text: string): SandboxIndexLag {
  const lag = parseIndexLag(text)
  if (lag !== null) return lag
  throw usage(`--lag takes ${INDEX_LAG_FORMS}, not "${text}"`)
}

function zoneOf(flag: string, text: string): string {
  if (isZone(text)) return text
  throw usage(`${flag} takes the name of a time zone, not "${text}"`, 'Write it as Europe/Berlin.')
}

function contextPathOf(text: string): string {
  if (new RegExp(CONTEXT_PATH).test(text)) return text
  throw usage(`--context-path takes a path as /jira, not "${text}"`)
}

function projectOf(text: string): { key: string; name: string } {
  const [, key, name] = /^([A-Z][A-Z0-9]{1,9})(?:=(.{1,80}))?$/.exec(text) ?? []
  if (key !== undefined) return { key, name: name ?? key }
  throw usage(`--project takes a key of 2 to 10 capital letters and digits, or KEY=NAME, not "${text}"`)
}

function moodOf(text: string): MoodName {
  if (isMoodName(text)) return text
  throw usage(`--mood takes the name of a mood, not "${text}"`, `There are ${MOOD_NAMES.join(', ')}.`)
}
