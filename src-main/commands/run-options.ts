import type { Command } from 'commander'
import type { RunRequest } from '../../src-shared/contract/models.ts'
import {
  DEFAULT_COUNT,
  DEFAULT_MINUTES,
  MAX_COUNT,
  MAX_MINUTES,
  MAX_SEED,
  MIN_MINUTES,
} from '../../src-shared/domain/run-plan.ts'
import { decimalNumber, wholeNumber } from './number-flags.ts'
import { parseWeights } from './weights-flag.ts'

const MAX_COMPRESS = 3_600

/** What is asked of a run on the command line. */
export interface RunOptions {
  readonly count?: number
  readonly minutes?: number
  readonly seed?: number
  readonly compress?: number
  readonly weights?: Record<string, number>
}

export function addRunOptions(command: Command): Command {
  return command
    .option(
      '--count <n>',
      `how many tickets (default: ${DEFAULT_COUNT})`,
      wholeNumber('--count', { min: 1, max: MAX_COUNT }),
    )
    .option(
      '--minutes <n>',
      `over how many minutes (default: ${DEFAULT_MINUTES})`,
      decimalNumber('--minutes', { min: MIN_MINUTES, max: MAX_MINUTES }),
    )
    .option(
      '--seed <n>',
      'the same seed gives the same run (default: a random one, which is printed)',
      wholeNumber('--seed', { min: 0, max: MAX_SEED }),
    )
    .option(
      '--compress <n>',
      'how many times faster than the wall clock; sandbox only (default: 1)',
      decimalNumber('--compress', { min: 1, max: MAX_COMPRESS }),
    )
    .option(
      '--weights <list>',
      'how often each priority comes, by name (default: Highest=1,High=2,Medium=4,Low=2,Lowest=1)',
      parseWeights,
    )
}

/** The request as the contract has it: absent fields take the core's defaults. */
export function runRequest({ count, minutes, seed, compress, weights }: RunOptions): RunRequest {
  return {
    ...(count === undefined ? {} : { count }),
    ...(minutes === undefined ? {} : { minutes }),
    ...(seed === undefined ? {} : { seed }),
    ...(compress === undefined ? {} : { compress }),
    ...(weights === undefined ? {} : { weights }),
  }
}
