/** From here on chance alone makes such a spread in 1 of 20 hours. */
const SIGNIFICANT = 1.96
const MIN_MINUTES_JUDGED = 10
const MIN_TICKETS_JUDGED = 10

/**
 * The index of dispersion: the variance of the minutes over their mean, 1 for a Poisson process. Null where the
 * minutes or the tickets are too few to say anything.
 */
export function dispersion(perMinute: readonly number[]): number | null {
  const minutes = perMinute.length
  const total = sum(perMinute)
  if (minutes < MIN_MINUTES_JUDGED || total < MIN_TICKETS_JUDGED) return null
  const mean = total / minutes
  const squares = sum(perMinute.map((n) => (n - mean) ** 2))
  return squares / (minutes - 1) / mean
}

/** Whether the tickets came more in bursts than chance explains, as a sentence. */
export function dispersionText(perMinute: readonly number[]): string {
  const index = dispersion(perMinute)
  if (index === null) return 'Too few tickets to tell a pattern from chance.'
  // (n − 1) · index is chi-squared with n − 1 degrees of freedom, hence close to normal with this deviation.
  const deviation = (index - 1) * Math.sqrt((perMinute.length - 1) / 2)
  const figures = `variance/mean ${index.toFixed(1)}, chance alone gives 1.0.`
  if (deviation > SIGNIFICANT) return `More bursty than chance: ${figures}`
  if (deviation < -SIGNIFICANT) return `More regular than chance: ${figures}`
  return `What chance would do: ${figures}`
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0)
}
