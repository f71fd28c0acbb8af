import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AppError } from '../errors/app-error.ts'
import { planRun, type PlanRequest } from './run-plan.ts'

const PRIORITIES = [
  { id: '1', name: 'Highest' },
  { id: '2', name: 'High' },
  { id: '3', name: 'Medium' },
  { id: '4', name: 'Low' },
  { id: '5', name: 'Lowest' },
]
const HOUR: PlanRequest = { count: 100, minutes: 60, seed: 7, priorities: PRIORITIES }

describe('a plan', () => {
  test('has exactly the asked number of slots, numbered in order of time, inside the span', () => {
    const request = fc.record({
      count: fc.integer({ min: 1, max: 400 }),
      minutes: fc.double({ min: 0.1, max: 1_440, noNaN: true }),
      seed: fc.nat(4_294_967_295),
    })
    fc.assert(
      fc.property(request, ({ count, minutes, seed }) => {
        const { slots, spanMs, perMinute } = planRun({ count, minutes, seed, priorities: PRIORITIES })
        expect(slots.map(({ slot }) => slot)).toEqual(Array.from({ length: count }, (_, i) => i))
        expect(slots.every(({ offsetMs }) => offsetMs >= 0 && offsetMs < spanMs)).toBe(true)
        expect(perMinute).toHaveLength(Math.ceil(spanMs / 60_000))
        expect(perMinute.reduce((a, b) => a + b)).toBe(count)
      }),
    )
  })

  test('is the same for the same seed and another for another', () => {
    expect(planRun(HOUR)).toEqual(planRun(HOUR))
    expect(planRun(HOUR)).not.toEqual(planRun({ ...HOUR, seed: 8 }))
  })

  test('follows the weights: by default 1, 2, 4, 2, 1 in ten', () => {
    const shares = prioritiesOf({ ...HOUR, count: 20_000 })
    expect(shares('1')).toBeCloseTo(0.1, 1.5)
    expect(shares('2')).toBeCloseTo(0.2, 1.5)
    expect(shares('3')).toBeCloseTo(0.4, 1.5)
    expect(shares('4')).toBeCloseTo(0.2, 1.5)
    expect(shares('5')).toBeCloseTo(0.1, 1.5)
  })

  test('takes asked weights alone, whatever the case of their names, and keeps the times', () => {
    const shares = prioritiesOf({ ...HOUR, count: 20_000, weights: { HIGHEST: 3, high: 1, Low: 0 } })
    expect(shares('1')).toBeCloseTo(0.75, 1.5)
    expect(shares('2')).toBeCloseTo(0.25, 1.5)
    expect(timesOf({ ...HOUR, weights: { High: 1 } })).toEqual(timesOf(HOUR))
  })

  test('uses the priorities of a site that names them otherwise', () => {
    const priorities = [
      { id: '10100', name: 'Blocker' },
      { id: '10101', name: 'P3' },
    ]
    const shares = prioritiesOf({ ...HOUR, count: 2_000, priorities })
    expect(shares('10100') + shares('10101')).toBe(1)
    expect(shares('10101')).toBeGreaterThan(0.4)
  })

  test.each([
    { count: 0 },
    { count: -1 },
    { count: 1e9 },
    { count: 1.5 },
    { count: Number.NaN },
    { minutes: 0 },
    { minutes: 1_441 },
    { minutes: Number.NaN },
    { seed: -1 },
    { seed: 2 ** 32 },
    { seed: 0.5 },
    { weights: { Urgent: 1 } },
    { weights: { High: -1 } },
    { weights: { High: 0 } },
    { weights: {} },
  ])('is refused for %j', (wrong) => {
    const refusal = caught(() => planRun({ ...HOUR, ...wrong }))
    expect(refusal).toBeInstanceOf(AppError)
    expect(refusal).toMatchObject({ code: 'usage', hint: expect.stringMatching(/\w/) })
  })
})

function prioritiesOf(request: PlanRequest): (id: string) => number {
  const { slots } = planRun(request)
  return (id) => slots.filter(({ priorityId }) => priorityId === id).length / slots.length
}

function timesOf(request: PlanRequest): number[] {
  return planRun(request).slots.map(({ offsetMs }) => offsetMs)
}

function caught(call: () => unknown): unknown {
  try {
    return call()
  } catch (error) {
    return error
  }
}
