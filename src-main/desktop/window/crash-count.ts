const SPAN_MS = 60_000

/** Counts what dies: each call is a death, and says how many there were within the last minute, this one included. */
export function createCrashCount(now: () => number): () => number {
  let times: number[] = []
  return () => {
    const atMs = now()
    times = [...times.filter((time) => atMs - time < SPAN_MS), atMs]
    return times.length
  }
}
