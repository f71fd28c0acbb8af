import type { RunRequest } from '../../../src-shared/contract/runs/runs.ts'
import { noTicketMade, type AppError } from '../../../src-shared/errors/app-error.ts'
import type { CommonOptions, Values } from '../cli/define-command.ts'
import type { CliIo } from '../cli/io.ts'
import { given } from '../cli/options.ts'
import type { runOptions } from '../run-commands.ts'

/** What is asked of a run on the command line. */
export type RunOptions = Values<ReturnType<typeof runOptions>>

/**
 * The request as the contract has it: absent fields take the core's defaults. Throws `usage` where two options contradict
 * each other, and as `readReplayFile`.
 */
export async function runRequest(io: CliIo, options: RunOptions & CommonOptions): Promise<RunRequest> {
  const { count, minutes, seed, profile, replay, compress, weights, types, projects, project } = options
  const mix = options.onlyWatched === true ? ('watched' as const) : undefined
  if (profile !== undefined && replay !== undefined) throw contradiction('--profile', '--replay')
  if (project !== undefined && projects !== undefined) throw contradiction('--project', '--projects')
  const file = replay === undefined ? undefined : await readFile(io, replay)
  return given({ count, minutes, seed, profile, replay: file, compress, weights, mix, types, projects })
}

/** Loaded late: help and wrong flags are answered without its weight. */
async function readFile(io: CliIo, file: string): Promise<NonNullable<RunRequest['replay']>> {
  const { readReplayFile } = await import('./replay-file.ts')
  return readReplayFile(io, file)
}

function contradiction(one: string, other: string): AppError {
  return noTicketMade('usage', `${one} and ${other} contradict each other.`, 'Give one of them.')
}
