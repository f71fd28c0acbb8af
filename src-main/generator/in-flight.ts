/** Work that has begun and not ended, a limited number at a time. */
export interface InFlight {
  size(): number
  /** Resolves when there is room for one more at least; says for how many. */
  room(): Promise<number>
  /** Takes work in. It must not reject. */
  add(work: Promise<void>): void
  /** Resolves when the next one ends. Any number may be under way: it costs the same. */
  next(): Promise<void>
  /** Resolves when all of it has ended, what came in meanwhile included. */
  settled(): Promise<void>
}

export function createInFlight(limit: number): InFlight {
  const running = new Set<Promise<void>>()
  let oneEnds = Promise.withResolvers<void>()
  return {
    size: () => running.size,
    async room() {
      while (running.size >= limit) await oneEnds.promise
      return limit - running.size
    },
    add(work) {
      const ended = work.finally(() => {
        running.delete(ended)
        oneEnds.resolve()
        oneEnds = Promise.withResolvers()
      })
      running.add(ended)
    },
    next: () => oneEnds.promise,
    async settled() {
      while (running.size > 0) await Promise.all(running)
    },
  }
}
