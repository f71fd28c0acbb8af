import { describe, expect, test } from 'vitest'
import { machineClock } from '../../src-main/runtime/clock.ts'
import { runCell, type Cell } from './matrix.ts'
import { pairwise, product, type Axes } from './pairwise.ts'

const LONG = process.env['JIRA_TPM_LONG'] !== undefined
/** JIRA_TPM_SEED repeats a failure. */
const SEED = Number(process.env['JIRA_TPM_SEED'] ?? (LONG ? machineClock.now() % 2 ** 31 : 1))

/** All cells in a long run; else so many that each two values of different axes meet. */
function cellsOf(axes: Axes<Cell>): Cell[] {
  return LONG ? product(axes) : pairwise(axes)
}

/** Whatever a site does, lags, limits, breaks or lies, in every combination: the store comes to have what is true. */
export function matrixSuite(axes: Axes<Cell>): void {
  describe('the store comes to have what is true:', () => {
    const cells = cellsOf(axes)

    test.each(cells.map((cell, n) => [Object.values(cell).join(', '), SEED, cell, SEED + n] as const))(
      '%s (seed %d)',
      { timeout: 60_000 },
      async (_name, _seed, cell, seed) => {
        await expect(runCell(cell, seed)).resolves.toBeUndefined()
      },
    )

    test('every two values meet, and each is in two cells at least', () => {
      const names = Object.keys(axes) as (keyof Cell)[]
      for (const [n, name] of names.entries()) {
        for (const other of names.slice(n + 1)) {
          const met = (of: readonly Cell[]): Set<string> =>
            new Set(of.map((cell) => `${cell[name]}, ${cell[other]}`))
          expect(met(cells)).toEqual(met(product(axes)))
        }
        for (const value of axes[name]) {
          expect(cells.filter((cell) => cell[name] === value).length).toBeGreaterThanOrEqual(2)
        }
      }
    })
  })
}
