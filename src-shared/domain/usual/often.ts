/** How often a rule may be wrong, by chance alone. */
export type Often = 'week' | 'month' | 'quarter'

/**
 * The probability of a window below which a rule fires. Three windows a minute, which overlap: how often that is in
 * days was measured by simulation (`npm run bench alerts`).
 */
export function chanceOf(often: Often): number {
  return CHANCES[often]
}

const CHANCES: Readonly<Record<Often, number>> = { week: 1e-4, month: 2e-5, quarter: 8e-6 }

/** Days × probability, measured: at least this on steady sites of 0.1 to 5 tickets a minute. */
const DAYS_TIMES_CHANCE = 7e-4

/** Chance alone gives a window as improbable as this about once in so many days. */
export function daysBetween(chance: number): number {
  return DAYS_TIMES_CHANCE / Math.max(chance, Number.MIN_VALUE)
}
