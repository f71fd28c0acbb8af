/** One figure of a benchmark. `target` is said in words; `met` is absent where there is none. */
export interface BenchResult {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly target?: string
  readonly met?: boolean
}

/** The value that `share` (0 to 1) of the samples do not exceed, by nearest rank; NaN without samples. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  const rank = Math.max(1, Math.ceil(share * sorted.length))
  return sorted[rank - 1] ?? Number.NaN
}

export function median(samples: readonly number[]): number {
  return percentile(samples, 0.5)
}

/** A figure that is to be at most so much. */
export function atMost(limit: number, figure: Omit<BenchResult, 'target' | 'met'>): BenchResult {
  return { ...figure, target: `≤ ${limit} ${figure.unit}`.trim(), met: figure.value <= limit }
}

/** A figure that is to be at least so much. */
export function atLeast(limit: number, figure: Omit<BenchResult, 'target' | 'met'>): BenchResult {
  return { ...figure, target: `≥ ${limit} ${figure.unit}`.trim(), met: figure.value >= limit }
}
