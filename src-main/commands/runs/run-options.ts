import type { Command } from 'commander'
import type { RunRequest } from '../../../src-shared/contract/runs.ts'
import { parseProfile } from '../../../src-shared/domain/profile.ts'
import {
  DEFAULT_COUNT,
  DEFAULT_MINUTES,
  MAX_COUNT,
  MAX_MINUTES,
  MAX_SEED,
  MIN_MINUTES,
} from '../../../src-shared/domain/run-bounds.ts'
import { nothingDone, noTicketMade, type AppError } from '../../../src-shared/errors/app-error.ts'
import {
  addAfterHelp,
  decimalNumber,
  flagValue,
  wholeNumber,
  type CommonOptions,
  given,
} from '../cli/options.ts'
import type { CliIo } from '../cli/io.ts'

const MAX_COMPRESS = 3_600

/** What is asked of a run on the command line. */
export interface RunOptions {
  readonly count?: number
  readonly minutes?: number
  readonly seed?: number
  readonly compress?: number
  /** In its written form. */
  readonly profile?: string
  readonly replay?: string
  readonly weights?: Record<string, number>
  readonly types?: Record<string, number>
  readonly projects?: Record<string, number>
}

const AFTER_HELP = [
  'Profiles: steady, even, ramp 1-5, spike 30m x5 10m (when, how high, how long), sine 3 (waves), or parts such as 30m@50,10m@200,20m@50: half an hour of 50 tickets an hour, ten minutes of 200, and so on; 10m@50-200 rises, and a last word even spaces evenly. Parts have a number of tickets and a length of their own, as a replayed file has; --count and --minutes scale them.',
]

/** `compress`: how fast the run goes where nothing is said. */
export function addRunOptions(command: Command, compress = 1): Command {
  return addAfterHelp(command, AFTER_HELP)
    .option(
      '--count <n>',
      `how many tickets (default: ${DEFAULT_COUNT}, or as many as the profile or the file has)`,
      wholeNumber('--count', { min: 1, max: MAX_COUNT }),
    )
    .option(
      '--minutes <n>',
      `over how many minutes, as 60 or 0.5 (default: ${DEFAULT_MINUTES}, or as long as the profile or the file takes)`,
      decimalNumber('--minutes', { min: MIN_MINUTES, max: MAX_MINUTES }),
    )
    .option('--profile <form>', 'how the tickets are spread, see below (default: steady)', profileForm)
    .option('--replay <file>', 'the arrivals and priorities of the tickets in a CSV or JSON lines file')
    .option(
      '--seed <n>',
      'the same seed gives the same run (default: a random one, which is printed)',
      wholeNumber('--seed', { min: 0, max: MAX_SEED }),
    )
    .option(
      '--compress <n>',
      `how many times faster than the wall clock; sandbox only (default: ${compress})`,
      decimalNumber('--compress', { min: 1, max: MAX_COMPRESS }),
    )
    .option(
      '--weights <list>',
      'how often each priority comes, by name (default: Highest=1,High=2,Medium=4,Low=2,Lowest=1)',
      parseWeights,
    )
    .option(
      '--types <list>',
      "issue types by name, as Bug=3,Task (default: the project's usual one)",
      parseList('--types', 'Bug=3,Task=1'),
    )
    .option(
      '--projects <list>',
      'several projects by key, as OPS=2,TPM (default: --project)',
      parseList('--projects', 'OPS=2,TPM=1'),
    )
}

/** What is wrong with a profile is reported before anything is opened. */
function profileForm(text: string): string {
  parseProfile(text)
  return text
}

/**
 * The request as the contract has it: absent fields take the core's defaults. Throws `usage` where two options contradict
 * each other, and as `readReplayFile`.
 */
export async function runRequest(io: CliIo, options: RunOptions & CommonOptions): Promise<RunRequest> {
  const { count, minutes, seed, profile, replay, compress, weights, types, projects, project } = options
  if (profile !== undefined && replay !== undefined) throw contradiction('--profile', '--replay')
  if (project !== undefined && projects !== undefined) throw contradiction('--project', '--projects')
  const file = replay === undefined ? undefined : await readFile(io, replay)
  return given({ count, minutes, seed, profile, replay: file, compress, weights, types, projects })
}

/** Loaded late: help and wrong flags are answered without its weight. */
async function readFile(io: CliIo, file: string): Promise<NonNullable<RunRequest['replay']>> {
  const { readReplayFile } = await import('./replay-file.ts')
  return readReplayFile(io, file)
}

function contradiction(one: string, other: string): AppError {
  return noTicketMade('usage', `${one} and ${other} contradict each other.`, 'Give one of them.')
}

/** Reads `Highest=1,High=2` as the relative weight of each thing by its name. Whether there are such things is checked where they are known. */
const parseWeights = flagValue(
  '--weights',
  'names and numbers',
  (text) => readWeights('--weights', text, null),
  { hint: 'Write them as Highest=1,High=2,Medium=4.' },
)

/** As `parseWeights`; a name alone has the weight 1. `example` is what the hint shows. */
function parseList(flag: string, example: string): (text: string) => Record<string, number> {
  return flagValue(flag, 'names', (text) => readWeights(flag, text, 1), {
    hint: `Write them as ${example}: a number says how often one comes.`,
  })
}

/** Null where the text has another form, or a name without a weight and there is no `usual` one. */
function readWeights(flag: string, text: string, usual: number | null): Record<string, number> | null {
  const weights = new Map<string, number>()
  for (const part of text.split(',')) {
    const [, name = '', weight] = /^\s*([^=]+?)\s*(?:=\s*(\d{1,6}(?:\.\d{1,6})?)\s*)?$/.exec(part) ?? []
    if (name === '' || (weight === undefined && usual === null)) return null
    if (weights.has(name)) throw nothingDone('usage', `${flag} names "${name}" twice.`)
    weights.set(name, weight === undefined ? (usual ?? 0) : Number(weight))
  }
  return Object.fromEntries(weights)
}
