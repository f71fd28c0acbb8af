import { expect, test } from 'vitest'
import { textTable, type TableColumn } from './text-table.ts'

interface Row {
  readonly name: string
  readonly count: number
  readonly seed: string
}

const COLUMNS: readonly TableColumn<Row>[] = [
  { title: 'name', of: ({ name }) => name },
  { title: 'seed', giveUp: 2, of: ({ seed }) => seed },
  { title: 'count', right: true, giveUp: 1, of: ({ count }) => String(count) },
]
const ROWS = [
  { name: 'a', count: 5, seed: '4294967295' },
  { name: '最高', count: 12_000, seed: '7' },
]

test('columns are as wide as their widest cell; numbers stand at the right', () => {
  expect(textTable(ROWS, COLUMNS, null)).toEqual({
    lines: ['name  seed        count', 'a     4294967295      5', '最高  7           12000'],
    left: [],
  })
})

test('where not all fits, the least needed columns are left out, and named', () => {
  expect(textTable(ROWS, COLUMNS, 20)).toEqual({
    lines: ['name  count', 'a         5', '最高  12000'],
    left: ['seed'],
  })
  expect(textTable(ROWS, COLUMNS, 3).lines).toEqual(['name', 'a', '最高'])
})
