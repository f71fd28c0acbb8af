import { AppError } from '../../src-shared/errors/app-error.ts'
import { coalesce, sleep } from '../runtime/async.ts'
import type { Clock } from '../runtime/clock.ts'

export type PassLoop<T> = ReturnType<typeof createPassLoop<T>>

interface PassLoopOptions<T> {
  readonly clock: Clock
  readonly pass: (signal: AbortSignal) => Promise<T>
  /** Milliseconds from the end of a pass to the next; null to wait until one is asked for. */
  readonly delayMs: () => number | null
}

/** Runs passes of one kind, never two at once: by itself between `start` and `rest`, and whenever it is asked to. */
export function createPassLoop<T>({ clock, pass, delayMs }: PassLoopOptions<T>) {
  const stopping = new AbortController()
  let resting = new AbortController()
  let started = false
  let running: Promise<unknown> = Promise.resolve()
  let pause = new AbortController()

  const now = coalesce(async (): Promise<T> => {
    if (stopping.signal.aborted) throw stopped()
    pause.abort()
    resting = new AbortController()
    const result = pass(AbortSignal.any([stopping.signal, resting.signal]))
    // The caller gets the result or the error; here only its end matters.
    running = result.then(schedule, schedule)
    return result
  }, 'fresh')

  function schedule(): void {
    const ms = started ? delayMs() : null
    if (ms === null || stopping.signal.aborted) return
    pause = new AbortController()
    // A pass reports its failures itself, and an aborted pause means that the next pass came sooner.
    void sleep(ms, pause.signal, clock).then((over) => (over ? now().catch(() => {}) : null))
  }

  return {
    /** Begins at once, or right after the pass under way. Idempotent. */
    start() {
      if (started) return
      started = true
      now().catch(() => {})
    },
    /** No pass begins by itself any more, until the next start. The one under way goes on, but where a reason to end it is given. */
    rest(reason?: AppError) {
      started = false
      pause.abort()
      if (reason !== undefined) resting.abort(reason)
    },
    /** The result of a pass that begins after this call: at once, or right after the one under way. */
    now,
    /** Ends the pass under way and waits for that. Nothing runs afterwards. */
    async stop() {
      stopping.abort(stopped())
      pause.abort()
      await running
    },
  }
}

function stopped(): AppError {
  return new AppError('cancelled', 'Fetching was stopped.', {
    consequence: 'What was fetched before is stored.',
  })
}
