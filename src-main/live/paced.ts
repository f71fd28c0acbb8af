export interface Pace {
  /** So many times it may run at once after a rest, … */
  readonly burst: number
  /** … and from then on once in so many milliseconds. */
  readonly everyMs: number
}

/**
 * Runs `work` when it is asked for, at the pace and never twice at a time. What is asked for meanwhile is done once,
 * afterwards, so that the last ask is always served. Nothing runs after the signal's abort. `work` must not reject.
 */
export function paced(work: () => Promise<void>, { burst, everyMs }: Pace, signal: AbortSignal): () => void {
  let spare = burst
  let busy = false
  let asked = false
  let refill: NodeJS.Timeout | undefined
  signal.addEventListener('abort', () => clearTimeout(refill), { once: true })

  const refillLater = (): void => {
    refill ??= setTimeout(() => {
      refill = undefined
      spare += 1
      if (spare < burst) refillLater()
      next()
    }, everyMs)
  }
  const next = (): void => {
    if (!asked || busy || spare === 0 || signal.aborted) return
    asked = false
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
    asked = true
    next()
  }
}
