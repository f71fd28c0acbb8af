import { describe, expect, test } from 'vitest'
import * as fc from 'fast-check'
import type { CountsChanged } from '../contract/events.ts'
import type { CountsResult } from '../contract/tickets.ts'
import { applyAll, applyChange } from './counts.ts'

const snapshot: CountsResult = {
  siteId: 's',
  seq: 10,
  fromMinute: 100,
  toMinute: 103,
  bucketMinutes: 1,
  priorityIds: ['1', '2'],
  counts: [
    [0, 1, 0],
    [2, 0, 0],
  ],
  provisionalFromMinute: 102,
  known: [{ fromMs: 0, toMs: 8_640_000_000_000_000 }],
}

function change(part: Partial<CountsChanged>): CountsChanged {
  return { siteId: 's', prevSeq: 10, seq: 11, reset: false, changes: [], ...part }
}

describe('an increment', () => {
  test('sets the minutes that it names and raises the number', () => {
    const after = applyChange(snapshot, change({ changes: [{ minute: 101, priorityId: '2', count: 4 }] }))
    expect(after).toEqual({
      ...snapshot,
      seq: 11,
      counts: [
        [0, 1, 0],
        [2, 4, 0],
      ],
    })
    expect(snapshot.counts[1]).toEqual([2, 0, 0])
  })

  test('outside the hour raises the number and leaves the very same counts', () => {
    const after = applyChange(snapshot, change({ changes: [{ minute: 103, priorityId: '2', count: 4 }] }))
    expect(after).toMatchObject({ seq: 11 })
    expect(after !== 'gap' && after.counts).toBe(snapshot.counts)
  })

  test('that is old changes nothing', () => {
    expect(
      applyChange(
        snapshot,
        change({ prevSeq: 8, seq: 10, changes: [{ minute: 100, priorityId: '1', count: 9 }] }),
      ),
    ).toBe(snapshot)
  })

  test('that reaches back before the counts is applied: counts are absolute', () => {
    const after = applyChange(
      snapshot,
      change({ prevSeq: 7, seq: 12, changes: [{ minute: 100, priorityId: '1', count: 9 }] }),
    )
    expect(after).toMatchObject({
      seq: 12,
      counts: [
        [9, 1, 0],
        [2, 0, 0],
      ],
    })
  })

  test.each([
    ['a missed one', { prevSeq: 11, seq: 12 }],
    ['a reset', { reset: true }],
    ['another site', { siteId: 't' }],
    ['an unknown priority', { changes: [{ minute: 100, priorityId: '7', count: 1 }] }],
  ])('after %s is a gap', (_what, part) => {
    expect(applyChange(snapshot, change(part))).toBe('gap')
  })
})

describe('increments that came while the counts were on their way', () => {
  test('are applied in order, the ones already in them left out', () => {
    const events = [
      change({ prevSeq: 8, seq: 9, changes: [{ minute: 100, priorityId: '1', count: 4 }] }),
      change({ prevSeq: 10, seq: 11, changes: [{ minute: 100, priorityId: '1', count: 5 }] }),
      change({ prevSeq: 11, seq: 12, changes: [{ minute: 100, priorityId: '1', count: 6 }] }),
    ]
    expect(applyAll(snapshot, events)).toMatchObject({
      seq: 12,
      counts: [
        [6, 1, 0],
        [2, 0, 0],
      ],
    })
  })

  test('with a reset are a gap, whatever its number: dropped tables may count from 0 again', () => {
    expect(applyAll(snapshot, [change({ prevSeq: 0, seq: 0, reset: true })])).toBe('gap')
  })

  test('with one missing are a gap', () => {
    expect(applyAll(snapshot, [change({}), change({ prevSeq: 12, seq: 13 })])).toBe('gap')
  })
})

test('wherever a window joins, it ends with the counts that the store ends with', () => {
  const step = fc.record({
    minute: fc.integer({ min: 99, max: 104 }),
    priorityId: fc.constantFrom('1', '2'),
    count: fc.nat({ max: 9 }),
  })
  fc.assert(
    fc.property(fc.array(fc.array(step, { maxLength: 4 }), { maxLength: 12 }), fc.nat(), (commits, joint) => {
      const history: CountsResult[] = [snapshot]
      const events = commits.map((changes, i) => change({ prevSeq: 10 + i, seq: 11 + i, changes }))
      for (const event of events) history.push(applyChange(history.at(-1) ?? snapshot, event) as CountsResult)
      const joined = history[joint % history.length] ?? snapshot
      expect(applyAll(joined, events)).toEqual(history.at(-1))
    }),
  )
})
