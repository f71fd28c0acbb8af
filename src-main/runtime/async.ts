import { machineClock, type Clock } from './clock.ts'

/** Waits `ms` real milliseconds, or until the abort: says whether the time is over. */
export async function sleep(
  ms: number,
  signal: AbortSignal = new AbortController().signal,
  clock: Pick<Clock, 'sleep'> = machineClock,
): Promise<boolean> {
  try {
    await clock.sleep(ms, signal)
    return true
  } catch (error) {
    if (!signal.aborted) throw error
    return false
  }
}

/** What the work comes to; where the signal is aborted first, its reason, or `reason`. The work itself goes on, unheard. */
export async function orAbort<T>(
  work: Promise<T>,
  signal: AbortSignal,
  reason: () => unknown = () => signal.reason,
): Promise<T> {
  work.catch(() => {}) // it may fail when nobody waits for it any more
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const stop = (): void => reject(reason())
  if (signal.aborted) stop()
  else signal.addEventListener('abort', stop, { once: true })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

export type WakeableSleep = ReturnType<typeof createWakeableSleep>

/** A wait that can be cut short. */
export function createWakeableSleep(clock: Pick<Clock, 'sleep'>) {
  let waking = new AbortController()
  return {
    /** True where somebody woke it, before or during the wait; rejects with the signal's reason when it is aborted. */
    async sleep(ms: number, signal: AbortSignal): Promise<boolean> {
      const woken = waking.signal
      await sleep(ms, AbortSignal.any([signal, woken]), clock)
      waking = new AbortController()
      signal.throwIfAborted()
      return woken.aborted
    },
    wake: (): void => waking.abort(),
  }
}

/** Resolves when the signal is aborted. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  return orAbort(new Promise<void>(() => {}), signal).catch(() => {})
}

/**
 * What the work comes to; where it takes longer than `ms` real milliseconds, what `late` gives or throws. Rejects with the
 * signal's reason where that is aborted first. The work itself goes on, unheard.
 */
export async function withTimeout<T, L = never>(
  work: Promise<T>,
  ms: number,
  late: () => L | Promise<L>,
  { signal, clock = machineClock }: { signal?: AbortSignal; clock?: Pick<Clock, 'sleep'> } = {},
): Promise<T | L> {
  work.catch(() => {}) // it may fail when nobody waits for it any more
  const done = new AbortController()
  const either = signal === undefined ? done.signal : AbortSignal.any([signal, done.signal])
  const patience = clock.sleep(ms, either).then(late)
  patience.catch(() => {}) // ended by the work, or handled below
  try {
    return await Promise.race([work, patience])
  } finally {
    done.abort()
  }
}

/**
 * One run of `work` for all who call. `shared`: a caller during a run gets its result. `kept`: so does
 * a later caller, until one fails or `forget` is called. `fresh`: a caller gets the result of a run that begins
 * after the call; all who call while one is under way share the next, so that many cost no more than one after the other.
 */
export function coalesce<A extends unknown[], T>(
  work: (...args: A) => Promise<T>,
  mode: 'shared' | 'kept' | 'fresh' = 'shared',
) {
  let shared: Promise<T> | null = null
  let last: Promise<unknown> = Promise.resolve()
  const afterLast = async (args: A): Promise<T> => {
    await last
    // All calls that have arrived in this turn of the event loop are let in.
    await new Promise((resolve) => setImmediate(resolve))
    shared = null
    return work(...args)
  }
  const call = (...args: A): Promise<T> => {
    if (shared !== null) return shared
    const mine = mode === 'fresh' ? afterLast(args) : work(...args)
    const end = (): void => {
      if (shared === mine) shared = null
    }
    shared = mine
    last = mine.then(mode === 'kept' ? () => {} : end, end)
    return mine
  }
  return Object.assign(call, {
    /** What a call would get now; null where it would begin a run. */
    current: (): Promise<T> | null => shared,
    /** The next call begins a run. */
    forget: (): void => void (shared = null),
  })
}

/**
 * As `coalesce` in the mode `fresh`, for each ask apart: many who ask for the same at the same moment share one run, which begins
 * after their calls.
 */
export function coalesceSame<A, T>(work: (asked: A) => Promise<T>): (asked: A) => Promise<T> {
  const open = new Map<string, { readonly run: () => Promise<T>; callers: number }>()
  return async (asked) => {
    const key = JSON.stringify(asked)
    const same = open.get(key) ?? { run: coalesce(() => work(asked), 'fresh'), callers: 0 }
    open.set(key, same)
    same.callers += 1
    try {
      return await same.run()
    } finally {
      if (--same.callers === 0) open.delete(key)
    }
  }
}

/** Does a work whose parts each take a few milliseconds, and lets the event loop go on between them. Throws as the work. */
export async function inParts<T>(work: Generator<undefined, T>): Promise<T> {
  for (;;) {
    const { done, value } = work.next()
    if (done === true) return value
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** Does something with each, in their order, and lets the event loop go on every `sliceMs` milliseconds. `work` must not throw. */
export async function inSlices<T>(all: readonly T[], work: (one: T) => void, sliceMs: number): Promise<void> {
  let began = performance.now()
  for (const one of all) {
    work(one)
    if (performance.now() - began < sliceMs) continue
    await new Promise((resolve) => setImmediate(resolve))
    began = performance.now()
  }
}

export type Limit = ReturnType<typeof limit>

/**
 * Does at most `most` things at a time, in the order in which they come; one at a time is a mutex. Work whose signal is
 * aborted before its turn is not begun: the signal's reason is thrown.
 */
export function limit(most: number) {
  const waiting: (() => void)[] = []
  let free = most
  const pass = (): void => {
    const next = waiting.shift()
    if (next === undefined) free += 1
    else next()
  }
  const turn = async (signal: AbortSignal | undefined): Promise<void> => {
    signal?.throwIfAborted()
    if (free > 0) return void (free -= 1)
    const { promise, resolve } = Promise.withResolvers<void>()
    waiting.push(resolve)
    try {
      await (signal === undefined ? promise : orAbort(promise, signal))
    } catch (error) {
      const place = waiting.indexOf(resolve)
      if (place < 0) pass()
      else waiting.splice(place, 1)
      throw error
    }
  }
  return async <T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> => {
    await turn(signal)
    try {
      signal?.throwIfAborted()
      return await work()
    } finally {
      pass()
    }
  }
}

export interface Pace {
  /** How many times it may run at once after a rest, … */
  readonly burst: number
  /** … and from then on once in this many milliseconds; … */
  readonly everyMs: number
  /** … or in this many, while each run is asked for `CROWD` times over. As usual where absent. */
  readonly crowdedMs?: number
}

const CROWD = 5

/**
 * Runs `work` when it is asked for, at the pace and never twice at a time. What is asked for meanwhile is done once,
 * afterwards, so that the last ask is always served. Nothing runs after the signal's abort. `work` must not reject.
 */
export function paced(
  work: () => Promise<void>,
  { burst, everyMs, crowdedMs = everyMs }: Pace,
  signal: AbortSignal,
): () => void {
  let spare = burst
  let busy = false
  let asks = 0
  let crowded = false
  let refill: NodeJS.Timeout | undefined
  signal.addEventListener('abort', () => clearTimeout(refill), { once: true })

  const refillLater = (): void => {
    refill ??= setTimeout(
      () => {
        refill = undefined
        spare += 1
        if (spare < burst) refillLater()
        next()
      },
      crowded ? crowdedMs : everyMs,
    )
  }
  const next = (): void => {
    if (asks === 0 || busy || spare === 0 || signal.aborted) return
    crowded = asks > CROWD
    asks = 0
    spare -= 1
    refillLater()
    void run()
  }
  const run = async (): Promise<void> => {
    busy = true
    await work()
    busy = false
    next()
  }
  return () => {
    asks += 1
    next()
  }
}
