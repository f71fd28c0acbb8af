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
