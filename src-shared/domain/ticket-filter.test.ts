import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  conditionsOf,
  conditionText,
  FILTER_NAMES,
  filterOf,
  filterText,
  noneText,
  passes,
  readCondition,
  standingOf,
  watchedIds,
  withHidden,
  withOnly,
  type Condition,
} from './ticket-filter.ts'
import type { Ticket } from './ticket.ts'

const anyCondition: fc.Arbitrary<Condition> = fc
  .record({
    field: fc.constantFrom(...FILTER_NAMES),
    value: fc.string({ maxLength: 6 }),
    isNot: fc.boolean(),
  })
  .map((one) => (one.field === 'rehearsed' ? { ...one, value: 'yes', isNot: false } : one))
  .filter(({ field, value }) => value !== '' || field === 'component' || field === 'label')
const anyConditions = fc.array(anyCondition, { maxLength: 6 })

describe('what a filter says', () => {
  test('is the same after it was written, one by one', () => {
    fc.assert(
      fc.property(anyConditions, (conditions) => {
        const filter = filterOf(conditions)
        expect(filterOf(conditionsOf(filter))).toEqual(filter)
        for (const one of conditionsOf(filter)) expect(readCondition(conditionText(one))).toEqual(one)
      }),
    )
  })

  test('is read by a person', () => {
    const filter = { projects: ['WEB', 'OPS'], rehearsed: true, without: { issueTypes: ['Bug'] } }
    expect(filterText(filter)).toBe('project WEB or OPS, not type Bug, made by a run')
    const ofNone = { components: ['', 'Search'], without: { labels: ['', 'a'] } }
    expect(filterText(ofNone)).toBe('no component or component Search, with a label, not label a')
    expect(noneText({ labels: [''] }, 'today', true)).toBe('No tickets today: no label.')
  })
})

const ticket = {
  priorityId: '2',
  priorityName: 'High',
  projectKey: 'WEB',
  issueType: 'Bug',
  labels: ['a', 'b'],
  rehearsed: false,
} as unknown as Ticket

test.each([
  [{ priorities: ['High'] }, true],
  [{ priorities: ['2'] }, true],
  [{ without: { priorities: ['High'] } }, false],
  [{ without: { labels: ['b'] } }, false],
  [{ labels: ['b', 'c'], without: { issueTypes: ['Task'] } }, true],
  // Not known: neither one of them, nor one of those left out.
  [{ components: ['Search'] }, false],
  [{ without: { components: ['Search'] } }, true],
  [{ components: [''] }, false],
  [{ without: { components: [''] } }, true],
  [{ labels: [''] }, false],
  [{ labels: ['', 'b'] }, true],
  [{ without: { labels: [''] } }, true],
])('%j leaves a ticket: %s', (filter, isLeft) => {
  expect(passes(ticket, filter)).toBe(isLeft)
})

test('a ticket that has none is among those of the empty text, one of which that is not known is not', () => {
  const bare = { ...ticket, components: [], labels: [] } as unknown as Ticket
  expect(passes(bare, { components: [''] })).toBe(true)
  expect(passes(bare, { components: ['Search', ''], labels: [''] })).toBe(true)
  expect(passes(bare, { without: { labels: [''] } })).toBe(false)
  expect(readCondition('component=')).toEqual({ field: 'component', value: '', isNot: false })
  expect(readCondition('type=')).toBeNull()
})

test('watched values are named by id or by name', () => {
  const watched = [
    { id: '1', name: 'Highest' },
    { id: '2', name: 'High' },
  ]
  expect(watchedIds(watched, { priorities: ['High', '1'] })).toEqual(['1', '2'])
  expect(watchedIds(watched, { without: { priorities: ['High'] } })).toEqual(['1'])
  expect(watchedIds(watched, { priorities: ['Low'] })).toEqual([])
})

describe('a press', () => {
  const bug = { field: 'type', value: 'Bug' } as const
  const task = { field: 'type', value: 'Task' } as const

  test('leaves a value alone, then another in its place, then again all', () => {
    const only = withOnly({ projects: ['WEB'] }, bug)
    expect(only).toEqual({ projects: ['WEB'], issueTypes: ['Bug'] })
    expect([standingOf(only, bug), standingOf(only, task)]).toEqual(['only', 'hidden'])
    expect(withOnly(only, task)).toEqual({ projects: ['WEB'], issueTypes: ['Task'] })
    expect(withOnly(withOnly(only, task), task)).toEqual({ projects: ['WEB'] })
  })

  test('with Shift hides a value, and shows it again', () => {
    const hidden = withHidden(withHidden({}, bug), task)
    expect(hidden).toEqual({ without: { issueTypes: ['Bug', 'Task'] } })
    expect(withHidden(hidden, bug)).toEqual({ without: { issueTypes: ['Task'] } })
    expect(withOnly(hidden, bug)).toEqual({ issueTypes: ['Bug'] })
    // Of what was left alone, nothing that is hidden is left.
    expect(withHidden({ issueTypes: ['Bug', 'Task'] }, bug)).toEqual({
      issueTypes: ['Task'],
      without: { issueTypes: ['Bug'] },
    })
  })

  test('of rehearsed hides by asking for the others', () => {
    const real = { field: 'rehearsed', value: 'no' } as const
    expect(withHidden({}, real)).toEqual({ rehearsed: true })
    expect(withHidden({ rehearsed: true }, real)).toEqual({})
    expect(withOnly({}, real)).toEqual({ rehearsed: false })
  })
})
