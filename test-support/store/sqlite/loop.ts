import { setImmediate } from 'node:timers/promises'

export interface WatchedLoop<T> {
  readonly result: T
  /** How often the event loop went on while the work was under way. */
  readonly turns: number
  /** The longest that it waited for its next turn, and the most work that it did between two, in words. */
  readonly longest: string
}

/** Does work, and looks on at each turn of the event loop. */
export async function watchLoop<T>(
  work: () => Promise<T>,
  atEachTurn: () => void = () => {},
): Promise<WatchedLoop<T>> {
  const over = new AbortController()
  const done = work().finally(() => over.abort())
  done.catch(() => {}) // it is awaited below
  const steps: { readonly ms: number; readonly ownMs: number }[] = []
  while (!over.signal.aborted) {
    const sinceMs = performance.now()
    const before = process.threadCpuUsage()
    await setImmediate()
    const { user, system } = process.threadCpuUsage(before)
    steps.push({ ms: performance.now() - sinceMs, ownMs: (user + system) / 1_000 })
    atEachTurn()
  }
  const longest = steps.reduce((a, b) => (b.ms > a.ms ? b : a), { ms: 0, ownMs: 0 })
  const mostOwnMs = Math.max(0, ...steps.map(({ ownMs }) => ownMs))
  const longestWords = `${longest.ms.toFixed(1)} ms (at most ${mostOwnMs.toFixed(1)} ms of work)`
  return { result: await done, turns: steps.length, longest: longestWords }
}
