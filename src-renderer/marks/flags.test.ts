import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { TimeMark } from '../../src-shared/contract/marks.ts'
import { besideFlags, FLAG_PX, flagsOf, flagText, markTimeText } from './flags.ts'

const FROM = Date.parse('2026-11-24T14:00Z')
const SPAN = { fromMs: FROM, toMs: FROM + 3_600_000 }

function mark(minute: number, given: Partial<TimeMark> = {}): TimeMark {
  const fromMs = FROM + minute * 60_000
  return { id: `m${minute}`, kind: 'mark', text: `t${minute}`, fromMs, toMs: null, revision: 'r', ...given }
}

test('marks on a few pixels are one flag with a count, others stand apart', () => {
  const flags = flagsOf([mark(5), mark(5.5), mark(6), mark(40)], SPAN, 660)
  expect(flags.map(({ marks }) => marks.length)).toEqual([3, 1])
  expect(flags.map(({ x }) => x)).toEqual([90, 440])
})

test('whatever marks: each is in one flag, in order, and no two flags are too near to be touched', () => {
  const anyMarks = fc.array(fc.integer({ min: -90, max: 59 }), { maxLength: 300 })
  fc.assert(
    fc.property(anyMarks, fc.integer({ min: 80, max: 3_000 }), (minutes, width) => {
      const marks = minutes.toSorted((a, b) => a - b).map((minute) => mark(minute))
      const flags = flagsOf(marks, SPAN, width)
      expect(flags.flatMap((flag) => flag.marks)).toEqual(marks)
      const gaps = flags.slice(1).map(({ x }, at) => x - (flags[at]?.x ?? 0))
      expect(Math.min(FLAG_PX, ...gaps)).toBe(FLAG_PX)
    }),
  )
})

test('a mark that began before stands at the edge, one that begins later is not there', () => {
  const flags = flagsOf([mark(-30, { toMs: FROM + 60_000 }), mark(60)], SPAN, 660)
  expect(flags).toMatchObject([{ x: 40, marks: [{ id: 'm-30' }] }])
})

test('a flag says how many it stands for, and what the first of them are', () => {
  const incident = mark(6, { kind: 'incident', text: 'database full', toMs: FROM + 20 * 60_000 })
  const flag = { x: 0, marks: [mark(5), incident, mark(7), mark(8)] }
  expect(flagText(flag, 'UTC', SPAN.toMs)).toBe(
    '4 marks: 14:05 t5, 14:06–14:20 incident: database full, 14:07 t7 and 1 more',
  )
  const night = mark(600, { toMs: FROM + 660 * 60_000 })
  expect(markTimeText(night, 'UTC', FROM)).toBe('Wed 25 Nov, 00:00–01:00')
})

test('a word of the chart stands where it belongs, or as near to it as no flag covers it', () => {
  expect(besideFlags(640, [], 660)).toBe(640)
  expect(besideFlags(640, [{ x: 400 }], 660)).toBe(640)
  expect(besideFlags(640, [{ x: 632 }], 660)).toBe(659)
  expect(besideFlags(640, [{ x: 640 }], 660)).toBe(667)
  expect(besideFlags(300, [{ x: 310 }], 660)).toBe(283)
  const crowd = [100, 124, 148, 172, 196, 220].map((x) => ({ x }))
  expect(besideFlags(160, crowd, 660)).toBeNull()
})
