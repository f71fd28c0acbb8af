import { elapsedMs, type Clock } from '../../runtime/clock.ts'

/** Something that one at a time may have, in the order in which they came. */
export interface Turns {
  /**
   * Waits for a turn, and gives what ends it; null where somebody keeps the thing for longer than `patienceMs`: a long
   * queue that moves is waited for. Who is `urgent` comes before the others.
   */
  take(patienceMs: number, urgent?: 'urgent'): Promise<(() => void) | null>
}

export function createTurns(clock: Clock): Turns {
  const waiting: (() => void)[] = []
  let taken = false
  let sinceMs = 0
  const begin = (): void => {
    taken = true
    sinceMs = elapsedMs(clock)
  }
  const end = (): void => {
    const next = waiting.shift()
    taken = next !== undefined
    next?.()
  }
  return {
    async take(patienceMs, urgent) {
      if (!taken) {
        begin()
        return end
      }
      const { promise, resolve } = Promise.withResolvers<void>()
      const mine = (): void => {
        begin()
        resolve()
      }
      if (urgent) waiting.unshift(mine)
      else waiting.push(mine)
      while (waiting.includes(mine)) {
        const leftMs = patienceMs - (elapsedMs(clock) - sinceMs)
        if (leftMs <= 0) {
          waiting.splice(waiting.indexOf(mine), 1)
          return null
        }
        const came = new AbortController()
        await Promise.race([promise, clock.sleep(leftMs, came.signal).catch(() => {})])
        came.abort()
      }
      return end
    },
  }
}
