/** How often a rule may be wrong. */
export type Often = 'week' | 'month' | 'quarter'

/** The probability below which a window is told, so that chance alone is told about so often. */
export function chanceOf(often: Often): number {
  return CHANCES[often]
}

const CHANCES: Readonly<Record<Often, number>> = { week: 1e-4, month: 2e-5, quarter: 6e-6 }

/** The days from one window that improbable to the next, on average, where there is nothing but chance. */
export function daysBetween(chance: number): number {
  return 6e-4 / Math.max(chance, 1e-12)
}
