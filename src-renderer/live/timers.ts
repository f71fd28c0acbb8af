import { minuteOf, startOfMinute, type Minute } from '../../src-shared/domain/minute.ts'
import { realMsUntil, siteTime, type SiteClock } from '../../src-shared/domain/site-clock.ts'

/** A compressed hour turns its minutes faster than anyone can read them. */
const SHORTEST_MS = 100
/** Timers of a sleeping machine come late, so none is trusted for longer. */
const LONGEST_MS = 1_000

/**
 * Runs `load` when asked, one at a time. Asked while it runs, it runs once more afterwards; two runs begin at least
 * `gapMs` apart, unless the person waits for it (`urgent`). `load` deals with its own failures.
 */
export function createRefresher(load: () => Promise<void>, gapMs: number | (() => number)) {
  let running = false
  let again: 'no' | 'later' | 'now' = 'no'
  let resting: ReturnType<typeof setTimeout> | undefined
  let stopped = false

  async function run(): Promise<void> {
    clearTimeout(resting)
    running = true
    again = 'no'
    resting = setTimeout(
      () => {
        resting = undefined
        next()
      },
      typeof gapMs === 'number' ? gapMs : gapMs(),
    )
    await load()
    running = false
    next()
  }

  function next(): void {
    if (stopped || running || again === 'no') return
    if (again === 'now' || resting === undefined) void run()
  }

  return {
    /** `urgent`: a person waits for it. */
    request(urgent = false): void {
      if (again !== 'now') again = urgent ? 'now' : 'later'
      next()
    },
    stop(): void {
      stopped = true
      clearTimeout(resting)
    },
  }
}

export type Refresher = ReturnType<typeof createRefresher>

/** Calls `onMinute` with the minute of the site's clock, at once and whenever another one begins. `now` is the machine's. */
export function createMinuteTicker(now: () => number, onMinute: (minute: Minute) => void) {
  let timer: ReturnType<typeof setTimeout> | undefined
  let last: Minute | undefined

  function tick(clock: SiteClock): void {
    const machineMs = now()
    const minute = minuteOf(siteTime(clock, machineMs))
    if (minute !== last) onMinute(minute)
    last = minute
    const wait = realMsUntil(clock, startOfMinute(minute + 1), machineMs)
    timer = setTimeout(() => tick(clock), Math.min(LONGEST_MS, Math.max(SHORTEST_MS, wait)))
  }

  return {
    follow(clock: SiteClock): void {
      clearTimeout(timer)
      tick(clock)
    },
    stop: (): void => clearTimeout(timer),
  }
}

/**
 * Does some work every so often (ms) as long as the page is in sight, and at once when it comes into sight again. The
 * first time is after one interval. Until the returned function is called.
 */
export function whileVisible(
  page: Pick<Document, 'hidden' | 'addEventListener' | 'removeEventListener'>,
  everyMs: number,
  work: () => void,
): () => void {
  const workIfSeen = (): void => {
    if (!page.hidden) work()
  }
  const timer = setInterval(workIfSeen, everyMs)
  page.addEventListener('visibilitychange', workIfSeen)
  return () => {
    clearInterval(timer)
    page.removeEventListener('visibilitychange', workIfSeen)
  }
}
