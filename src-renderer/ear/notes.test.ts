import { expect, test } from 'vitest'
import { noteMs, notesOf } from './notes.ts'

test('twice as many tickets are an octave higher, none is a click, what is not known a noise, what is to come nothing', () => {
  const settled = [1, 2, 4, 0, 3].map((total) => ({ total, state: 'settled' as const }))
  const notes = notesOf([...settled, { total: 7, state: 'unknown' }, { total: 0, state: 'future' }])
  expect(notes.map((note) => (note.kind === 'tone' ? Math.round(note.hz) : note.kind))).toEqual([
    165, // the mean of what is known is 2
    330,
    660,
    'click',
    495,
    'noise',
  ])
})

test('no pitch is too low or too high to be heard', () => {
  const bins = [1, ...Array.from({ length: 50 }, () => 100), 100_000].map((total) => ({
    total,
    state: 'settled' as const,
  }))
  const hz = notesOf(bins).map((note) => (note.kind === 'tone' ? note.hz : 0))
  expect(Math.min(...hz)).toBeGreaterThan(100)
  expect(Math.max(...hz)).toBeLessThan(2_000)
})

test('an hour takes about ten seconds, a long span hardly more', () => {
  expect(60 * noteMs(60)).toBeCloseTo(10_800)
  expect(120 * noteMs(120)).toBeCloseTo(12_000)
  expect(1_500 * noteMs(1_500)).toBeLessThan(40_000)
})
