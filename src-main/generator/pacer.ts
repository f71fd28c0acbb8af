import { machineTime, realMsUntil } from '../../src-shared/domain/site-clock.ts'
import type { Clock, SiteTime } from '../runtime/clock.ts'
import { sleep } from '../runtime/async.ts'

/** From here on a tenth of what is allowed a second may come at once, so that timers need not be finer than 100 ms. */
const COARSE = 10

/** A slot is overdue when it is so much later than planned (real ms). */
const OVERDUE_MS = 1_000

/** Waits are cut to this: the site's clock may change meanwhile, and a machine that sleeps is noticed. */
const LONGEST_WAIT_MS = 1_000

/** A wait that took so much longer was a machine that slept, or a program that was held up. */
const SLEPT_MS = 60_000

/** From when to when nothing happened: the machine's epoch ms. */
export interface SleptSpan {
  readonly fromMs: number
  readonly toMs: number
}

export type Pacer<T extends { readonly plannedMs: number }> = ReturnType<typeof createPacer<T>>

interface PacerParts<T> {
  /** In the order of their times. */
  readonly slots: readonly T[]
  readonly siteTime: Pick<SiteTime, 'now' | 'current'>
  readonly clock: Clock
  /** How many overdue slots are sent in a second at most. */
  readonly catchUpPerSecond: number
  /** Called when the machine slept, before anything is given out. Where it aborts the signal, nothing is. */
  readonly onSlept: (span: SleptSpan) => void
}

/**
 * Gives out slots at their planned times, which are absolute times of the site: waiting never adds up, and it does not
 * matter how long anything between two calls took. Those that are overdue are given out among the others, at a bounded
 * pace.
 */
export function createPacer<T extends { readonly plannedMs: number }>(parts: PacerParts<T>) {
  const { clock, onSlept } = parts
  const queue = createQueue(parts)
  let filling = Promise.withResolvers<void>()
  /** Aborted when something was added: the wait ends early. */
  let waking = new AbortController()
  return {
    /** How many have not been given out yet. */
    left: queue.left,
    /** Takes in more, to be given out at once as far as catching up is allowed. */
    add(more: readonly T[]) {
      queue.add(more)
      filling.resolve()
      filling = Promise.withResolvers()
      waking.abort()
    },
    /** Resolves when something was added; at once where something is left. */
    filled: () => (queue.left() > 0 ? Promise.resolve() : filling.promise),
    /**
     * Waits until the next ones are due and gives all that are, `most` at once; none where nothing is left. Rejects when
     * the signal is aborted. Never gives one before its time.
     */
    async nextDue(most: number, signal: AbortSignal): Promise<T[]> {
      for (;;) {
        signal.throwIfAborted()
        const due = queue.takeDue(most)
        if (due.length > 0 || queue.left() === 0) return due
        waking = new AbortController()
        const fromMs = clock.now()
        await sleep(queue.waitMs(), AbortSignal.any([signal, waking.signal]), clock)
        const toMs = clock.now()
        if (toMs - fromMs > LONGEST_WAIT_MS + SLEPT_MS) onSlept({ fromMs, toMs })
      }
    },
  }
}

/** The slots that have not been given out yet: those that are overdue wait apart. */
function createQueue<T extends { readonly plannedMs: number }>(parts: PacerParts<T>) {
  const { slots, siteTime, clock } = parts
  const catchUp = createCatchUp(parts.catchUpPerSecond, clock)
  let next = 0
  const overdue: T[] = []
  const putAside = (): void => {
    const before = clock.now() - OVERDUE_MS
    for (let slot = slots[next]; slot !== undefined; slot = slots[++next]) {
      if (machineTime(siteTime.current(), slot.plannedMs) >= before) return
      overdue.push(slot)
    }
  }
  const takeOnTime = (most: number): T[] => {
    const nowMs = siteTime.now()
    const begin = next
    while (next - begin < most && (slots[next]?.plannedMs ?? Infinity) <= nowMs) next++
    return slots.slice(begin, next)
  }
  return {
    left: (): number => slots.length - next + overdue.length,
    add(more: readonly T[]): void {
      for (const slot of more) overdue.push(slot)
    },
    /** All that are due, `most` at once. */
    takeDue(most: number): T[] {
      putAside()
      const onTime = takeOnTime(most)
      const room = Math.min(most - onTime.length, overdue.length)
      return room === 0 ? onTime : [...onTime, ...overdue.splice(0, catchUp.take(room))]
    },
    /** Real milliseconds until something may be due. */
    waitMs(): number {
      const slot = slots[next]
      const untilNext =
        slot === undefined ? Infinity : realMsUntil(siteTime.current(), slot.plannedMs, clock.now())
      const untilOverdue = overdue.length === 0 ? Infinity : catchUp.waitMs()
      return Math.min(untilNext, untilOverdue, LONGEST_WAIT_MS)
    },
  }
}

/** Lets at most `perSecond` overdue slots pass in each second of the clock: a stall must not become a burst. */
function createCatchUp(perSecond: number, clock: Pick<Clock, 'now'>) {
  const atOnce = perSecond < COARSE ? 1 : perSecond / COARSE
  const perMs = (perSecond < COARSE ? perSecond : perSecond - atOnce) / 1_000
  let allowed = 1
  let knownMs = clock.now()
  const refill = (): void => {
    const nowMs = clock.now()
    allowed = Math.min(atOnce, allowed + Math.max(0, nowMs - knownMs) * perMs)
    knownMs = nowMs
  }
  return {
    /** How many may be sent now, `most` at most; they count as sent. */
    take(most: number): number {
      refill()
      const taken = Math.min(most, Math.floor(allowed))
      allowed -= taken
      return taken
    },
    /** Real milliseconds until one may be sent. */
    waitMs(): number {
      refill()
      return allowed >= 1 ? 0 : Math.ceil((1 - allowed) / perMs)
    },
  }
}

/**
 * The most that may be caught up with in a second: twice what the plan itself sends in its busiest one. `plannedMs` are
 * times of the site in their order; `rate` is how fast its clock runs.
 */
export function catchUpPerSecond(plannedMs: readonly number[], rate: number): number {
  let busiest = 0
  let first = 0
  plannedMs.forEach((ms, last) => {
    while (ms - (plannedMs[first] ?? ms) >= 1_000 * rate) first++
    busiest = Math.max(busiest, last - first + 1)
  })
  return Math.max(1, 2 * busiest)
}
