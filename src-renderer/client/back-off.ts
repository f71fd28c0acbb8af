const FIRST_MS = 500
const LONGEST_MS = 15_000

/**
 * Milliseconds to wait before the next try, after `failures` that came in a row. `random` (0 to 1) spreads several
 * windows apart, over the second half of the wait.
 */
export function backOffMs(failures: number, random: number): number {
  const wait = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, failures - 1))
  return wait / 2 + (wait / 2) * random
}
