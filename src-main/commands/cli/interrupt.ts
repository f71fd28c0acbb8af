import type { EventEmitter } from 'node:events'
import { AppError } from '../../../src-shared/errors/app-error.ts'
import { orAbort, untilAborted } from '../../runtime/async.ts'

/** How long the work may take to end itself after the first Ctrl-C. */
const PATIENCE_MS = 1_800

/** Under npm one Ctrl-C comes twice: from the terminal, and passed on by npm. No person presses it so fast. */
const ECHO_MS = 400
const CODES = { SIGINT: 130, SIGTERM: 143 } as const

/**
 * The process's one handler of Ctrl-C and SIGTERM. The first aborts the signal, so that the work ends by itself; if
 * it does not within two seconds, or a second comes, the process ends as it is. What is stored is safe either way.
 */
export function listenForInterrupt(
  source: EventEmitter,
  exit: (code: number) => void,
  nowMs: () => number = () => performance.now(),
): AbortSignal {
  const controller = new AbortController()
  let firstMs = 0
  const onSignal = (name: keyof typeof CODES): void => {
    if (controller.signal.aborted) {
      if (nowMs() - firstMs > ECHO_MS) exit(CODES[name])
      return
    }
    firstMs = nowMs()
    controller.abort(new Error(`ended by ${name}`))
    // Not a reason to stay: where all is done, the process is gone before.
    setTimeout(() => exit(CODES[name]), PATIENCE_MS).unref()
  }
  source.on('SIGINT', onSignal)
  source.on('SIGTERM', onSignal)
  return controller.signal
}

/** Why work ends whose result cannot be written: the disk is full, say. */
export class ResultLost extends Error {}

/** Waits for `work`, but no longer than until the interrupt: then `cancelled` is thrown with these sentences, or this error. */
export function orCancelled<T>(
  work: Promise<T>,
  signal: AbortSignal,
  cancelled: string | (() => Error),
  consequence = '',
): Promise<T> {
  return orAbort(work, signal, () =>
    typeof cancelled === 'string' ? new AppError('cancelled', cancelled, { consequence }) : cancelled(),
  )
}

/**
 * Begins what goes on by itself, a run say, and waits until it is over; `on` listens to its progress. After an interrupt
 * throws what `stop` gives.
 */
export async function followWork<T extends { readonly runId: string }>(
  begin: () => Promise<T>,
  {
    on,
    onProgress,
    isOver,
    stop,
    signal,
  }: {
    readonly on: (listener: (progress: T) => void) => () => void
    readonly onProgress: (progress: T) => void
    readonly isOver: (progress: T) => boolean
    readonly stop: (begun: T, ended: Promise<T>) => Promise<Error>
    readonly signal: AbortSignal
  },
): Promise<T> {
  const { promise: ended, resolve } = Promise.withResolvers<T>()
  let begun: T | null = null
  /** What came before it is known which one it is. */
  let early: T | null = null
  const onChange = (progress: T): void => {
    if (begun === null) {
      early = progress
      return
    }
    if (progress.runId !== begun.runId) return
    onProgress(progress)
    if (isOver(progress)) resolve(progress)
  }
  const unsubscribe = on(onChange)
  try {
    begun = await begin()
    onChange(begun)
    if (early !== null) onChange(early)
    const first = begun
    const over = await Promise.race([ended, untilAborted(signal)])
    if (over !== undefined) return over
    throw await stop(first, ended)
  } finally {
    unsubscribe()
  }
}
