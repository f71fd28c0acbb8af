/** One bar of the distribution: `observed` minutes had exactly `tickets` tickets, Poisson expects `expected`. */
export interface DistributionBar {
  readonly tickets: number
  readonly observed: number
  readonly expected: number
}

/**
 * How many minutes had 0, 1, 2 … tickets, and what a Poisson process of the same mean would give. The last bar
 * takes the whole upper tail, so that both columns add up to the number of minutes.
 */
export function distribution(perMinute: readonly number[]): DistributionBar[] {
  const minutes = perMinute.length
  if (minutes === 0) return []
  const mean = perMinute.reduce((a, b) => a + b, 0) / minutes
  const most = perMinute.reduce((a, b) => Math.max(a, b), 0)
  const last = Math.max(most, Math.ceil(mean + 2 * Math.sqrt(mean)))
  const observed = Array.from({ length: last + 1 }, () => 0)
  for (const tickets of perMinute) observed[tickets] = (observed[tickets] ?? 0) + 1

  const bars: DistributionBar[] = []
  let probability = Math.exp(-mean)
  let below = 0
  for (let tickets = 0; tickets <= last; tickets++) {
    const share = tickets === last ? 1 - below : probability
    bars.push({ tickets, observed: observed[tickets] ?? 0, expected: minutes * share })
    below += probability
    probability *= mean / (tickets + 1)
  }
  return bars
}
