import { isCancel, type CommonOptions } from '@clack/prompts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { CliIo } from './io.ts'

/** Where every question is asked: on stderr, so that stdout stays the result's. */
export function terminalOf(io: CliIo): Required<Pick<CommonOptions, 'input' | 'output' | 'signal'>> {
  return { input: io.stdin, output: io.stderr, signal: io.signal }
}

/** Waits for the answer to a question. Throws `cancelled` after Ctrl-C or Escape; `nothing` says what did not happen. */
export async function answered<T>(answer: Promise<T>, nothing: string): Promise<Exclude<T, symbol>> {
  const given = await answer
  if (isCancel(given)) throw new AppError('cancelled', nothing)
  return given as Exclude<T, symbol>
}
