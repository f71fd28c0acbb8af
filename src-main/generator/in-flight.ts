/** Work that has begun and not ended, a limited number at a time. */
export interface InFlight {
  size(): number
  /** Resolves when there is room for one more at least; says for how many. */
  room(): Promise<number>
  /** Takes work in. It must not reject. */
  add(work: Promise<void>): void
  /** Resolves when one of those that are under way now has ended; never where there is none. */
  next(): Promise<void>
  /** Resolves when all of it has ended, what came in meanwhile included. */
  settled(): Promise<void>
}

export function createInFlight(limit: number): InFlight {
  const running = new Set<Promise<void>>()
  return {
    size: () => running.size,
    async room() {
      while (running.size >= limit) await Promise.race(running)
      return limit - running.size
    },
    add(work) {
      const ended = work.finally(() => running.delete(ended))
      running.add(ended)
    },
    next: () => Promise.race(running),
    async settled() {
      while (running.size > 0) await Promise.all(running)
    },
  }
}
