import type { Lateness } from '../../src-shared/contract/models.ts'

/** How late slots were sent (real ms), ranked as `Store.runCounts` does it; null of none. */
export function latenessOf(latenessMs: readonly number[]): Lateness | null {
  if (latenessMs.length === 0) return null
  const sorted = Float64Array.from(latenessMs).toSorted()
  const fromLatest = (rank: number): number => sorted[sorted.length - 1 - Math.floor(rank)] ?? 0
  return { p50Ms: fromLatest(sorted.length / 2), p95Ms: fromLatest(sorted.length / 20), maxMs: fromLatest(0) }
}
