import { isCancel, type CommonOptions } from '@clack/prompts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { CliIo } from './io.ts'
import { promptOutput } from './prompt-output.ts'
import { terminalKind } from './terminal-kind.ts'

type Terminal = Required<Pick<CommonOptions, 'input' | 'output' | 'signal'>>

/** Lets go of the signal for the question before: one that was answered writes to the terminal when it is aborted. */
const letGo = new WeakMap<CliIo, () => void>()

/** Where a question is asked: on stderr, so that stdout stays the result's. To be called anew for each. */
export function terminalOf(io: CliIo): Terminal {
  letGo.get(io)?.()
  const controller = new AbortController()
  const abort = (): void => controller.abort(io.signal.reason)
  if (io.signal.aborted) abort()
  io.signal.addEventListener('abort', abort, { once: true })
  letGo.set(io, () => io.signal.removeEventListener('abort', abort))
  return { input: io.stdin, output: promptOutput(io), signal: controller.signal, ...plainly(io) }
}

/** A terminal that cannot be drawn over gets questions that are not. */
function plainly({ env }: CliIo): { accessible?: true } {
  return terminalKind(env, process.platform).plain ? { accessible: true } : {}
}

/** Waits for the answer to a question. Throws `cancelled` after Ctrl-C or Escape; `nothing` says what did not happen. */
export async function answered<T>(answer: Promise<T>, nothing: string): Promise<Exclude<T, symbol>> {
  const given = await answer
  if (isCancel(given)) throw new AppError('cancelled', nothing)
  return given as Exclude<T, symbol>
}
