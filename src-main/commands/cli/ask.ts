import { isCancel, settings, type CommonOptions } from '@clack/prompts'
import { AppError } from '../../../src-shared/errors/app-error.ts'
import type { CliIo } from './io.ts'
import { promptOutput, terminalKind } from './terminal.ts'

type Terminal = Required<Pick<CommonOptions, 'input' | 'output' | 'signal'>>

// By its name Escape would also turn a yes and a no round before it leaves the question.
settings.aliases.delete('escape')
settings.aliases.set('\u001B', 'cancel')

/** Lets go of the signal for the last question: one that was answered writes to the terminal when it is aborted. */
const release = new WeakMap<CliIo, () => void>()

/** Where a question is asked: on stderr, so that stdout stays the result's. To be called anew for each. */
export function terminalOf(io: CliIo): Terminal {
  release.get(io)?.()
  const controller = new AbortController()
  let isOpen = true
  const abort = (): void => {
    if (isOpen) controller.abort(io.signal.reason)
  }
  // A Ctrl-C that the question itself has heard is its answer, which comes before.
  const soon = (): void => queueMicrotask(abort)
  if (io.signal.aborted) abort()
  io.signal.addEventListener('abort', soon, { once: true })
  release.set(io, () => {
    isOpen = false
    io.signal.removeEventListener('abort', soon)
  })
  return { input: io.stdin, output: promptOutput(io), signal: controller.signal, ...plainly(io) }
}

/** A terminal that cannot be drawn over gets questions that are not. */
function plainly({ env }: CliIo): { accessible?: true } {
  return terminalKind({ env }).plain ? { accessible: true } : {}
}

/** Waits for the answer to a question; null after Ctrl-C or Escape. */
export async function answerTo<T>(io: CliIo, answer: Promise<T>): Promise<Exclude<T, symbol> | null> {
  const given = await answer
  release.get(io)?.()
  return isCancel(given) ? null : (given as Exclude<T, symbol>)
}

/** Waits for the answer to a question. Throws `cancelled` after Ctrl-C or Escape; `nothing` says what did not happen. */
export async function answered<T>(
  io: CliIo,
  answer: Promise<T>,
  nothing: string,
): Promise<Exclude<T, symbol>> {
  const given = await answerTo(io, answer)
  if (given === null) throw new AppError('cancelled', nothing)
  return given
}
