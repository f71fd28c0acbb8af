import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AlertRule } from '../../src-shared/contract/alerts/alerts.ts'
import { countScale } from '../chart/geometry.ts'
import {
  fixedRules,
  isTrueOf,
  keyedTo,
  LABEL_PX,
  labelTops,
  lineTop,
  movedRule,
  pulledTo,
  type FixedRule,
} from './rule-line.ts'

const WATCHED = [
  { id: '1', name: 'Highest' },
  { id: '2', name: 'High' },
]

const bins = (...minutes: number[]): never => minutes.map((length) => ({ minutes: length })) as never

function ruleOf(name: string, part: Partial<AlertRule> = {}): FixedRule {
  const condition = { kind: 'at-least', tickets: 8, minutes: 5 } as const
  return { id: name, name, scope: {}, condition, on: true, revision: 'r', createdMs: 0, ...part } as FixedRule
}

test('a rule has a line where the chart shows the very tickets that it counts', () => {
  const rules = [
    ruleOf('all'),
    ruleOf('off', { on: false }),
    ruleOf('usual', { condition: { kind: 'above-usual', often: 'week' } }),
    ruleOf('highest', { scope: { priority: '1' } }),
    ruleOf('ops', { scope: { project: 'OPS' } }),
  ]
  const shown = (filter: Parameters<typeof fixedRules>[1]) =>
    fixedRules(rules, filter, WATCHED).map(({ name }) => name)
  expect(shown({})).toEqual(['all'])
  expect(shown({ rehearsed: false })).toEqual(['all'])
  expect(shown({ rehearsed: true })).toEqual([])
  expect(shown({ priorities: ['Highest'] })).toEqual(['highest'])
  expect(shown({ priorities: ['1'], rehearsed: false })).toEqual(['highest'])
  expect(shown({ projects: ['OPS'] })).toEqual(['ops'])
  expect(shown({ projects: ['OPS', 'WEB'] })).toEqual([])
  expect(shown({ priorities: ['1'], projects: ['OPS'] })).toEqual([])
  expect(shown({ without: { projects: ['OPS'] } })).toEqual([])
  expect(shown({ labels: ['OPS'] })).toEqual([])
})

test('bars of the minutes that it counts over have it, and none in which a bar may reach it and nothing rings', () => {
  const bars = (part: object = {}) =>
    ({ view: 'histogram', split: null, bins: bins(5, 5, 3), ...part }) as never
  expect(isTrueOf(bars(), 5)).toBe(true)
  expect(isTrueOf(bars(), 10)).toBe(false)
  expect(isTrueOf(bars(), 1)).toBe(false)
  expect(isTrueOf(bars({ bins: bins(1_440, 1_500) }), 1_440)).toBe(false)
  expect(isTrueOf(bars({ view: 'distribution' }), 5)).toBe(false)
  expect(isTrueOf(bars({ split: { by: 'label', overlaps: true } }), 5)).toBe(false)
  expect(isTrueOf(bars({ split: { by: 'project', overlaps: false } }), 5)).toBe(true)
  expect(isTrueOf(bars({ split: { by: 'reporter', overlaps: false } }), 5)).toBe(false)
})

const most = fc.integer({ min: 0, max: 5_000 })
const height = fc.integer({ min: 160, max: 1_200 })

test('a line that is pulled to where another one is stands at its number', () => {
  fc.assert(
    fc.property(most, height, fc.nat(), fc.nat(), (high, px, a, b) => {
      const axis = Math.floor(countScale(high).top)
      const [from, to] = [1 + (a % axis), 1 + (b % axis)]
      const by = ((from - to) / countScale(high).top) * (px - 56)
      expect(pulledTo(from, by, high, px)).toBe(to)
      expect(lineTop(to, high, px).beyond).toBe(false)
    }),
  )
})

test('a line beyond the axis is at its end, comes in from there, and never goes under one ticket', () => {
  const end = lineTop(countScale(8).top, 8, 400)
  expect(lineTop(500, 8, 400)).toEqual({ y: end.y, beyond: true })
  expect(pulledTo(500, 0, 8, 400)).toBe(500)
  expect(pulledTo(500, 40, 8, 400)).toBeLessThan(countScale(8).top)
  expect(pulledTo(500, -40, 8, 400)).toBeGreaterThan(500)
  expect(pulledTo(5, 10_000, 8, 400)).toBe(1)
  expect([keyedTo(5, 'ArrowUp'), keyedTo(1, 'ArrowDown'), keyedTo(5, 'PageUp'), keyedTo(5, 'Home')]).toEqual([
    6, 1, 15, 1,
  ])
  expect(keyedTo(5, 'Enter')).toBeNull()
})

test('labels are on their lines where there is room, and never over each other', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 20, max: 364 }), { minLength: 1, maxLength: 10 }), (lines) => {
      const tops = labelTops(lines, 400).toSorted((a, b) => a - b)
      expect(tops[0]).toBeGreaterThanOrEqual(0)
      expect((tops.at(-1) ?? 0) + LABEL_PX).toBeLessThanOrEqual(364)
      const gaps = tops.slice(1).map((top, at) => top - (tops[at] ?? 0))
      expect(Math.min(LABEL_PX, ...gaps)).toBe(LABEL_PX)
    }),
  )
  expect(labelTops([100, 300], 400)).toEqual([88, 288])
})

test('a rule that is called what it says is called so afterwards; a name that a person gave stays', () => {
  expect(movedRule(ruleOf('At least 8 tickets in 5 min'), 12, WATCHED)).toEqual({
    condition: { kind: 'at-least', tickets: 12, minutes: 5 },
    name: 'At least 12 tickets in 5 min',
  })
  expect(movedRule(ruleOf('Storm'), 12, WATCHED)).not.toHaveProperty('name')
})
