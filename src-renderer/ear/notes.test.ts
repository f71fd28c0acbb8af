import { expect, test } from 'vitest'
import { startOfMinute } from '../../src-shared/domain/minute.ts'
import type { Bin } from '../chart/chart-model.ts'
import { noteMs, notesOf } from './notes.ts'

/** Bars of two minutes, one after the other, from minute 100 on. */
function barsOf(bins: readonly Pick<Bin, 'total' | 'state'>[]) {
  return bins.map((bin, n) => ({ ...bin, startMinute: 100 + 2 * n, minutes: 2 }))
}

test('twice as many tickets are an octave higher, none is a click, what is not known a noise, what is to come nothing', () => {
  const settled = [1, 2, 4, 0, 3].map((total) => ({ total, state: 'settled' as const }))
  const notes = notesOf(
    barsOf([...settled, { total: 7, state: 'unknown' as const }, { total: 0, state: 'future' as const }]),
  )
  expect(notes.map((note) => (note.kind === 'tone' ? Math.round(note.hz) : note.kind))).toEqual([
    165, // the mean of what is known is 2
    330,
    660,
    'click',
    495,
    'noise',
  ])
})

test('in an alarm a bar is a chord, as high as it is without', () => {
  const bars = barsOf([5, 9, 9, 0, 9].map((total) => ({ total, state: 'settled' as const })))
  const plain = notesOf(bars)
  const fromMs = startOfMinute(102) + 1_000
  const kinds = (toMs: number | null) => notesOf(bars, [{ fromMs, toMs }]).map(({ kind }) => kind)
  expect(kinds(startOfMinute(104))).toEqual(['tone', 'chord', 'tone', 'click', 'tone'])
  expect(kinds(null)).toEqual(['tone', 'chord', 'chord', 'click', 'chord'])
  expect(notesOf(bars, [{ fromMs, toMs: null }])[1]).toEqual({ ...plain[1], kind: 'chord' })
})

test('no pitch is too low or too high to be heard', () => {
  const bins = [1, ...Array.from({ length: 50 }, () => 100), 100_000].map((total) => ({
    total,
    state: 'settled' as const,
  }))
  const hz = notesOf(barsOf(bins)).map((note) => (note.kind === 'tone' ? note.hz : 0))
  expect(Math.min(...hz)).toBeGreaterThan(100)
  expect(Math.max(...hz)).toBeLessThan(2_000)
})

test('an hour takes about ten seconds, a long span hardly more', () => {
  expect(60 * noteMs(60)).toBeCloseTo(10_800)
  expect(120 * noteMs(120)).toBeCloseTo(12_000)
  expect(1_500 * noteMs(1_500)).toBeLessThan(40_000)
})
