import type { BenchResult } from '../bench.ts'
import { draw, randomOf } from './arrivals.ts'

/**
 * Mean run lengths of Poisson CUSUMs that others computed, not simulated: R’s spc 0.6.7 by `pois.cusum.arl(mean, k, h, 1)`
 * (`(mean, 2k, 2h, 2)` where they are halves), which signals above h; surveillance 1.20 by `arlCusum(h, k, mean)`, from h
 * on.
 */
const COMPUTED = [
  { by: 'spc', mean: 1, k: 2, h: 4, isSignal: (sum: number) => sum > 4, length: 1903.543495 },
  { by: 'spc', mean: 0.5, k: 1.5, h: 3, isSignal: (sum: number) => sum > 3, length: 3227.778085 },
  { by: 'surveillance', mean: 1, k: 2, h: 4, isSignal: (sum: number) => sum >= 4, length: 537.6983 },
  { by: 'surveillance', mean: 0.5, k: 1.5, h: 3, isSignal: (sum: number) => sum >= 3, length: 1474.911 },
]
const RUNS = 6_000

/** What the simulator makes of run lengths that are known. */
export function checkedSimulator(): BenchResult[] {
  return COMPUTED.map(({ by, mean, k, h, isSignal, length }) => {
    const random = randomOf(3)
    const lengths = Array.from({ length: RUNS }, () => {
      for (let sum = 0, minutes = 1; ; minutes++) {
        sum = Math.max(0, sum + draw(mean, 1, random) - k)
        if (isSignal(sum)) return minutes
      }
    })
    const simulated = lengths.reduce((sum, one) => sum + one, 0) / RUNS
    const variance = lengths.reduce((sum, one) => sum + (one - simulated) ** 2, 0) / (RUNS - 1)
    const off = 3 * Math.sqrt(variance / RUNS)
    return {
      name: `simulator: CUSUM of mean ${mean}, k ${k}, h ${h}: run length`,
      value: simulated,
      unit: 'minutes',
      target: `${by}’s ${Math.round(length)} ± ${Math.round(off)}`,
      met: Math.abs(simulated - length) <= off,
    }
  })
}
