import { describe, expect, test } from 'vitest'
import type { CountsResult } from '../../src-shared/contract/tickets.ts'
import { left } from '../../test-support/renderer/live/dashboard.ts'
import type { LeftList } from '../live/dashboard-state.ts'
import { evidenceOf, foundText, keysText, qualifiersText, totalText } from './evidence.ts'

const MINUTE = 60_000
const counts: CountsResult = {
  siteId: 's',
  seq: 1,
  fromMinute: 100,
  toMinute: 106,
  bucketMinutes: 1,
  priorityIds: ['1', '2'],
  counts: [
    [1, 0, 2, 0, 3, 1],
    [0, 0, 1, 0, 4, 0],
  ],
  provisionalFromMinute: 105,
  known: [],
}
const known = { counts, gaps: [], list: null, left: null, search: '', nowMinute: 220 }
const part = (from: number, to: number) => ({ fromMs: from * MINUTE, toMs: to * MINUTE })
const gone = (...reasons: LeftList['tickets'][number]['reason'][]): LeftList => ({
  tickets: reasons.map((reason) => ({ ...left, reason })),
  more: false,
})
const words = (state: Partial<typeof known> | object, [from, to]: [number, number]): [string, string] => {
  const evidence = evidenceOf({ ...known, ...state }, part(from, to))
  return [totalText(evidence), qualifiersText(evidence, 'UTC')]
}

describe('the count in words', () => {
  test('of the minutes of a part, all priorities', () => {
    expect(words({}, [104, 105])).toEqual(['7 tickets', ''])
    expect(words({}, [100, 104])).toEqual(['4 tickets', ''])
    expect(words({}, [101, 102])).toEqual(['No tickets', ''])
  })

  test('of a time that retention deleted it says that', () => {
    const gaps = [{ fromMs: 0, toMs: 102 * MINUTE, isDeleted: true }]
    expect(words({ gaps }, [101, 102])).toEqual([
      'Deleted by retention: how many tickets there are is not known',
      '',
    ])
    expect(words({ gaps }, [101, 103])).toEqual(['At least 3 tickets', '01:41–01:42 deleted by retention'])
  })

  test('that there are none may change as long as it is not settled, and of what is to come nothing is said', () => {
    const none = { ...counts, counts: [[1, 0, 0, 0, 0, 0]] }
    expect(words({ counts: none }, [105, 106])).toEqual(['No tickets', 'not settled since 01:45'])
    const empty = { ...counts, counts: [[0, 0, 0, 0, 0, 0]] }
    expect(words({ counts: empty }, [100, 106])).toEqual(['No tickets', 'not settled since 01:45'])
    expect(words({ counts: none }, [100, 106])).toEqual(['1 ticket', ''])
    expect(words({ counts: none, nowMinute: 104 }, [105, 106])).toEqual(['Still to come', ''])
    expect(words({ nowMinute: 104 }, [105, 106])).toEqual(['1 ticket', '1 not settled'])
  })

  test('with those that are not settled, and those that left since', () => {
    const state = { left: gone('lowered', 'deleted', 'lowered', 'moved', 'hidden') }
    expect(words(state, [104, 106])).toEqual([
      '8 tickets',
      '1 not settled, 2 lowered since, 1 moved away, 1 deleted, 1 hidden',
    ])
    expect(words({ left: { ...gone('lowered'), more: true } }, [104, 105])[1]).toBe(
      '1 or more no longer counted',
    )
  })

  test('of long bars it is said since when, not how many: all of a bar are not those of its last minutes', () => {
    const hours = {
      ...counts,
      toMinute: 220,
      bucketMinutes: 60,
      counts: [[5, 81]],
      provisionalFromMinute: 218,
    }
    expect(words({ counts: hours }, [160, 220])).toEqual(['81 tickets', 'not settled since 03:38'])
    expect(words({ counts: { ...hours, provisionalFromMinute: 160 } }, [160, 220])[1]).toBe('81 not settled')
    expect(words({ counts: { ...hours, provisionalFromMinute: 220 } }, [160, 220])[1]).toBe('')
    expect(words({ counts: { ...hours, counts: [[5, 0]] } }, [160, 220])).toEqual([
      'No tickets',
      'not settled since 03:38',
    ])
  })

  test('never a number where nothing was fetched, and the least that it can be where a part was', () => {
    expect(words({ gaps: [part(101, 104)] }, [101, 102])).toEqual([
      'Not fetched: how many tickets there are is not known',
      '',
    ])
    expect(words({ gaps: [part(103, 104)] }, [100, 105])).toEqual([
      'At least 11 tickets',
      '01:43–01:44 not fetched',
    ])
    expect(words({ gaps: [part(101, 102)] }, [101, 102])[0]).not.toContain('0')
    expect(words({ gaps: [part(101, 102), part(103, 104)] }, [101, 104])[0]).toBe('At least 3 tickets')
    const many = [100, 102, 104].map((minute) => part(minute, minute + 1))
    expect(words({ gaps: many }, [100, 106])[1]).toContain('3 parts of it not fetched')
  })

  test('by buckets that are wider, as long as the part is whole ones; else by the list, if all of it was read', () => {
    const hours = {
      ...counts,
      toMinute: 220,
      bucketMinutes: 60,
      counts: [[5, 7]],
      provisionalFromMinute: 220,
    }
    const list = { id: 1, span: part(160, 190), tickets: [left, left], more: false, cursor: null }
    expect(words({ counts: hours }, [160, 220])[0]).toBe('7 tickets')
    expect(words({ counts: hours, list }, [160, 190])[0]).toBe('2 tickets')
    expect(words({ counts: hours, list: { ...list, more: true } }, [160, 190])[0]).toBe('')
    expect(words({ counts: hours }, [40, 160])[0]).toBe('')
  })
})

test('what a search has found is told, and whether it has looked through all', () => {
  expect(foundText({ tickets: [left], more: false })).toBe('1 found')
  expect(foundText({ tickets: [left, left], more: true })).toBe('2 or more found')
})

test('of many keys a few are named', () => {
  expect(keysText(['A-1', 'A-2'])).toBe('A-1 and A-2')
  expect(keysText(['A-1', 'A-2', 'A-3'], 2)).toBe('A-1, A-2 and 1 more')
})
