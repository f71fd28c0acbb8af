import { expect, test } from 'vitest'
import type { DifferenceKind } from '../../src-shared/contract/runs/audit.ts'
import { createDifferences } from './findings.ts'

const MOST = 10

function at(minute: number, name: number, kind: DifferenceKind = 'deleted') {
  return { minute, name, kind }
}

test('the first by minute are kept, in their order, whenever they come', () => {
  const differences = createDifferences<ReturnType<typeof at>>(MOST)
  const all = Array.from({ length: 5_000 }, (_, n) => at((n * 37) % 499, n))
  for (const one of all) differences.add(one)
  expect(differences.listed()).toEqual(all.toSorted((a, b) => a.minute - b.minute).slice(0, MOST))
  expect(differences.more()).toBe(4_990)
})

test('as many as are kept are all there are', () => {
  const differences = createDifferences<ReturnType<typeof at>>(MOST)
  const all = Array.from({ length: MOST }, (_, n) => at(7, n))
  for (const one of all) differences.add(one)
  expect([differences.listed(), differences.more()]).toEqual([all, 0])
})

test('kinds are counted of all of them, those too that are not kept', () => {
  const differences = createDifferences<ReturnType<typeof at>>(MOST)
  for (let n = 0; n < 99; n++) differences.add(at(n, n, n === 98 ? 'twice' : 'removed'))
  expect([...differences.kinds()]).toEqual([
    ['removed', 98],
    ['twice', 1],
  ])
})
