/**
 * Whole numbers in proportion to the weights that add up to `count` exactly: each weight's exact share without its
 * fraction, and one more for those with the largest fractions (the first ones where they are equal).
 */
export function largestRemainder(weights: readonly number[], count: number): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const shares = weights.map((weight) => (weight / total) * count)
  const numbers = shares.map(Math.floor)
  const rest = count - numbers.reduce((sum, number) => sum + number, 0)
  const byFraction = shares
    .map((share, index) => ({ index, fraction: share - Math.floor(share) }))
    .toSorted((a, b) => b.fraction - a.fraction || a.index - b.index)
  for (const { index } of byFraction.slice(0, rest)) numbers[index] = (numbers[index] ?? 0) + 1
  return numbers
}
