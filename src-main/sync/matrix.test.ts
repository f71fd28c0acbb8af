import { describe, expect, test } from 'vitest'
import { machineClock } from '../clock.ts'
import { CLOUD_AXES, DATA_CENTER_AXES, runCell, type Cell } from './testing-matrix.ts'
import { pairwise, product, type Axes } from './testing-pairwise.ts'

const LONG = process.env['JIRA_TPM_LONG'] !== undefined
/** JIRA_TPM_SEED repeats a failure. */
const SEED = Number(process.env['JIRA_TPM_SEED'] ?? (LONG ? machineClock.now() % 2 ** 31 : 1))

/** All cells in a long run; else so many that each two values of different axes meet. */
function cellsOf(axes: Axes<Cell>): { name: string; cell: Cell; seed: number }[] {
  const cells = LONG ? product(axes) : pairwise(axes)
  return cells.map((cell, n) => ({ name: Object.values(cell).join(', '), cell, seed: SEED + n }))
}

describe.each([
  ['Cloud', CLOUD_AXES],
  ['Data Center', DATA_CENTER_AXES],
])('whatever a %s does, the store comes to have what is true:', (_name, axes) => {
  const cells = cellsOf(axes)

  test.each(cells)('$name (seed $seed)', { timeout: 60_000 }, async ({ cell, seed }) => {
    await expect(runCell(cell, seed)).resolves.toBeUndefined()
  })

  test('every two values meet, and each is in two cells at least', () => {
    for (const [name, values] of Object.entries(axes) as [keyof Cell, readonly string[]][]) {
      for (const value of values) {
        const having = cells.filter(({ cell }) => cell[name] === value)
        expect(having.length, `${name} ${value}`).toBeGreaterThanOrEqual(2)
        for (const [other, others] of Object.entries(axes) as [keyof Cell, readonly string[]][]) {
          const met = having.map(({ cell }) => cell[other])
          if (other !== name) expect(others.filter((one) => !met.includes(one as never))).toEqual([])
        }
      }
    }
  })
})
