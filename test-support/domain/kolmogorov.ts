/** The largest distance between a sample's distribution and the expected one (Kolmogorov–Smirnov). */
export function distance(sample: readonly number[], expected: (value: number) => number): number {
  const sorted = sample.toSorted((a, b) => a - b)
  return sorted.reduce((worst, value, i) => {
    const wanted = expected(value)
    return Math.max(worst, wanted - i / sorted.length, (i + 1) / sorted.length - wanted)
  }, 0)
}

/** Exceeded by chance once in a thousand times. */
export function criticalDistance(size: number): number {
  return 1.95 / Math.sqrt(size)
}
