import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseProfile } from './profile.ts'
import {
  planRun,
  shareOfPriorities,
  type PlannedSlot,
  type PlanRequest,
  type PlanTarget,
} from './run-plan.ts'
import { BURSTS, REQUESTS } from '../../../test-support/domain/profiles.ts'
import { refusalOf } from '../../../test-support/domain/refusal.ts'

const PRIORITIES = [
  { id: '1', name: 'Highest' },
  { id: '2', name: 'High' },
  { id: '3', name: 'Medium' },
  { id: '4', name: 'Low' },
  { id: '5', name: 'Lowest' },
]
const TPM: PlanTarget = {
  projectKey: 'TPM',
  priorities: PRIORITIES,
  types: [
    { id: '10', name: 'Task' },
    { id: '11', name: 'Bug' },
  ],
  usualTypeId: '11',
}
const OPS: PlanTarget = {
  projectKey: 'OPS',
  priorities: [
    { id: '1', name: 'Highest' },
    { id: '2', name: 'High' },
    { id: '77', name: 'P3' },
  ],
  types: [
    { id: '20', name: 'Incident' },
    { id: '21', name: 'Task' },
  ],
  usualTypeId: '20',
}
const HOUR: PlanRequest = { count: 100, minutes: 60, seed: 7, targets: [TPM] }
const MANY: PlanRequest = { ...HOUR, count: 20_000 }

test.each([
  [['Highest', 'HIGH'], undefined, 0.3],
  [['Highest', 'P0'], undefined, null],
  [['Highest', 'P0'], { highest: 1, Low: 3 }, 0.25],
  [['P0'], { Low: 3 }, 0],
])('%j of the weights %j are a share of %s', (names, weights, share) => {
  expect(shareOfPriorities(names, weights)).toBe(share)
})

describe('a plan', () => {
  test('has exactly the asked number of slots, numbered in order of time, inside the span', () => {
    const request = fc.record({
      count: fc.integer({ min: 1, max: 400 }),
      minutes: fc.double({ min: 61, max: 1_440, noNaN: true }),
      seed: fc.nat(4_294_967_295),
    })
    const how = fc.constantFrom(...Object.values(REQUESTS))
    fc.assert(
      fc.property(how, request, (spread, { count, minutes, seed }) => {
        const { slots, spanMs, perMinute } = planRun({ ...HOUR, ...spread, count, minutes, seed })
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

  test('has the times and the priorities that its seed has had since the first version', () => {
    const first = planRun({ ...HOUR, count: 20 }).slots
    expect(first.map(({ priorityId }) => priorityId).join('')).toBe('23133353345432323133')
    expect(first.slice(0, 4).map(({ offsetMs }) => offsetMs)).toEqual([43865, 205927, 258934, 448870])
    const last = planRun({ ...HOUR, count: 20, seed: 4_294_967_295 }).slots
    expect(last.map(({ priorityId }) => priorityId).join('')).toBe('24342311333432332243')
    expect(last.slice(-2).map(({ offsetMs }) => offsetMs)).toEqual([3333977, 3570828])
  })

  test('has, of a few priorities alone, those by the usual weights, and keeps its times', () => {
    const shares = sharesOf({ ...MANY, only: new Set(['1', '2', '99']) }, ({ priorityId }) => priorityId)
    expect(shares('1')).toBeCloseTo(1 / 3, 1.5)
    expect(shares('1') + shares('2')).toBe(1)
    expect(planRun({ ...HOUR, only: new Set(['2']) }).slots.map(({ offsetMs }) => offsetMs)).toEqual(
      planRun(HOUR).slots.map(({ offsetMs }) => offsetMs),
    )
  })

  test('has, of a few priorities alone, a replay’s own where they are among them, and others in place of the rest', () => {
    const replay = {
      name: 'may',
      offsetsMs: [0, 1, 2],
      priorities: ['Low', 'Highest'],
      priorityOf: [1, 0, 1],
    }
    const { slots } = planRun({ seed: 7, targets: [TPM], replay, only: new Set(['1', '2']) })
    expect(slots.map(({ priorityId }) => priorityId)).toEqual(['1', expect.stringMatching(/^[12]$/), '1'])
  })

  test('is refused where none of what is asked for is among the few', () => {
    const none = { ...HOUR, weights: { Low: 1 }, only: new Set(['1', '2']) }
    expect(() => planRun(none)).toThrow(/None of Low is watched in TPM/)
  })

  test('follows the weights: by default 1, 2, 4, 2, 1 in ten', () => {
    const shares = sharesOf(MANY, ({ priorityId }) => priorityId)
    expect(shares('1')).toBeCloseTo(0.1, 1.5)
    expect(shares('2')).toBeCloseTo(0.2, 1.5)
    expect(shares('3')).toBeCloseTo(0.4, 1.5)
    expect(shares('4')).toBeCloseTo(0.2, 1.5)
    expect(shares('5')).toBeCloseTo(0.1, 1.5)
  })

  test('takes asked weights alone, whatever the case of their names, and keeps the times', () => {
    const weights = { HIGHEST: 3, high: 1, Low: 0 }
    const shares = sharesOf({ ...MANY, weights }, ({ priorityId }) => priorityId)
    expect(shares('1')).toBeCloseTo(0.75, 1.5)
    expect(shares('2')).toBeCloseTo(0.25, 1.5)
    expect(timesOf({ ...HOUR, weights: { High: 1 } })).toEqual(timesOf(HOUR))
  })

  test('uses the priorities of a site that names them otherwise', () => {
    const priorities = [
      { id: '10100', name: 'Blocker' },
      { id: '10101', name: 'P3' },
    ]
    const request = { ...HOUR, count: 2_000, targets: [{ ...TPM, priorities }] }
    const shares = sharesOf(request, ({ priorityId }) => priorityId)
    expect(shares('10100') + shares('10101')).toBe(1)
    expect(shares('10101')).toBeGreaterThan(0.4)
  })

  test.each([
    [{ count: 0 }, 'number of tickets'],
    [{ count: -1 }, 'number of tickets'],
    [{ count: 1e9 }, 'number of tickets'],
    [{ count: 1.5 }, 'number of tickets'],
    [{ count: Number.NaN }, 'number of tickets'],
    [{ minutes: 0 }, 'number of minutes'],
    [{ minutes: 1_441 }, 'number of minutes'],
    [{ minutes: Number.NaN }, 'number of minutes'],
    [{ seed: -1 }, 'seed'],
    [{ seed: 2 ** 32 }, 'seed'],
    [{ seed: 0.5 }, 'seed'],
    [{ weights: { Urgent: 1 } }, 'The project TPM has no priority "Urgent"'],
    [{ weights: { High: -1 } }, 'The weight of "High" cannot be -1'],
    [{ weights: { High: Number.NaN } }, 'The weight of "High" cannot be NaN'],
    [{ weights: { High: 0 } }, 'No priority has a weight above 0'],
    [{ weights: {} }, 'No priority has a weight above 0'],
    [{ types: { Story: 1 } }, 'The project TPM has no issue type "Story"'],
    [{ types: { Bug: 0 } }, 'No issue type has a weight above 0'],
    [{ projects: { NIX: 1 } }, 'The account has no project "NIX"'],
    [{ targets: [TPM, OPS], weights: { Medium: 1 } }, 'The project OPS has no priority "Medium"'],
    [{ targets: [TPM, OPS], types: { Bug: 1 } }, 'The project OPS has no issue type "Bug"'],
    [
      { replay: { ...BURSTS, priorities: ['High', 'Blocker', 'P2'] } },
      'The project TPM has no priority "Blocker", "P2", as tickets of bursts.csv have',
    ],
  ])('is refused for %j', (wrong, words) => {
    const refusal = refusalOf(() => planRun({ ...HOUR, ...wrong }))
    expect(refusal).toMatchObject({
      code: 'usage',
      message: expect.stringContaining(words),
      hint: expect.stringMatching(/\w/),
    })
  })
})

describe('a plan for several projects and issue types', () => {
  test('gives each project its share, with its own priorities and its usual type', () => {
    const request = { ...MANY, targets: [TPM, OPS], projects: { ops: 3, TPM: 1 } }
    expect(sharesOf(request, ({ projectKey }) => projectKey)('OPS')).toBeCloseTo(0.75, 1.5)
    const { slots } = planRun(request)
    const inOps = slots.filter(({ projectKey }) => projectKey === 'OPS')
    expect(new Set(inOps.map(({ priorityId }) => priorityId))).toEqual(new Set(['1', '2', '77']))
    expect(new Set(inOps.map(({ issueTypeId }) => issueTypeId))).toEqual(new Set(['20']))
  })

  test('gives all of them as many where nothing is said, and none to one of weight 0', () => {
    const alike = sharesOf({ ...MANY, targets: [TPM, OPS] }, ({ projectKey }) => projectKey)
    expect(alike('TPM')).toBeCloseTo(0.5, 1.5)
    const one = sharesOf(
      { ...MANY, targets: [TPM, OPS], projects: { TPM: 0, OPS: 2 } },
      ({ projectKey }) => projectKey,
    )
    expect(one('OPS')).toBe(1)
  })

  test('gives issue types by their weights, under the ids of each project', () => {
    const bugs = sharesOf({ ...MANY, types: { bug: 4, TASK: 1 } }, ({ issueTypeId }) => issueTypeId)
    expect(bugs('11')).toBeCloseTo(0.8, 1.5)
    expect(bugs('10')).toBeCloseTo(0.2, 1.5)
    const { slots } = planRun({ ...MANY, targets: [TPM, OPS], types: { Task: 1 } })
    expect(
      slots.every(({ projectKey, issueTypeId }) => issueTypeId === (projectKey === 'TPM' ? '10' : '21')),
    ).toBe(true)
  })

  test('chooses project, priority and type independently of each other', () => {
    const both = { ...TPM, projectKey: 'OTHER' }
    const request = {
      ...MANY,
      targets: [TPM, both],
      types: { Bug: 1, Task: 1 },
      weights: { High: 1, Low: 1 },
    }
    const share = sharesOf(request, (slot) => `${slot.projectKey} ${slot.priorityId} ${slot.issueTypeId}`)
    for (const project of ['TPM', 'OTHER']) {
      for (const priority of ['2', '4']) {
        for (const type of ['10', '11'])
          expect(share(`${project} ${priority} ${type}`)).toBeCloseTo(1 / 8, 1.5)
      }
    }
  })

  test('leaves times and priorities as they are without them', () => {
    const both = { ...TPM, projectKey: 'OTHER' }
    expect(facts(planRun({ ...HOUR, targets: [TPM, both], types: { Bug: 1, Task: 1 } }))).toEqual(
      facts(planRun(HOUR)),
    )
  })
})

describe('a plan of a replay', () => {
  const request: PlanRequest = { seed: 7, targets: [TPM], replay: BURSTS }

  test('has the priorities of the file, by name, and the usual ones where it says nothing', () => {
    const { slots } = planRun(request)
    const named = slots.filter((_, index) => index % 4 !== 0).map(({ priorityId }) => priorityId)
    expect(named.join('')).toBe('243'.repeat(10))
    const unsaid = slots.filter((_, index) => index % 4 === 0).map(({ priorityId }) => priorityId)
    expect(new Set(unsaid).size).toBeGreaterThan(1)
  })

  test('keeps a ticket and its priority together where some are left out or come more often', () => {
    const names = new Map(BURSTS.offsetsMs.map((offsetMs, index) => [offsetMs, index % 4] as const))
    const named = planRun({ ...request, count: 20 }).slots.flatMap(({ offsetMs, priorityId }) => {
      const place = names.get(offsetMs) ?? 0
      return place === 0 ? [] : [[place, priorityId]]
    })
    expect(named.length).toBeGreaterThan(5)
    expect(named.filter(([place, id]) => id !== ['2', '4', '3'][Number(place) - 1])).toEqual([])
    const many = planRun({
      ...request,
      replay: { ...BURSTS, priorityOf: BURSTS.priorityOf.map(() => 1) },
      count: 400,
    })
    expect(new Set(many.slots.map(({ priorityId }) => priorityId))).toEqual(new Set(['4']))
  })

  test('takes weights instead of the file’s priorities where there are some', () => {
    const foreign = { ...BURSTS, priorities: ['Blocker', 'P1', 'P2'] }
    const { slots } = planRun({ ...request, replay: foreign, weights: { Highest: 1 } })
    expect(new Set(slots.map(({ priorityId }) => priorityId))).toEqual(new Set(['1']))
  })

  test('is refused with both sides’ names where a project lacks a priority', () => {
    const refusal = refusalOf(() =>
      planRun({ ...request, replay: { ...BURSTS, priorities: ['High', 'P1', 'Low'] } }),
    )
    expect(refusal).toMatchObject({
      hint: expect.stringContaining(
        'The file has High, P1, Low; the project has Highest, High, Medium, Low, Lowest.',
      ),
    })
  })

  test('may name a priority that none of its arrivals has', () => {
    const replay = { ...BURSTS, priorities: [...BURSTS.priorities, 'P9'] }
    expect(planRun({ ...request, replay }).slots).toHaveLength(40)
  })
})

test('a profile changes the times, and nothing else', () => {
  const ramp = planRun({ ...HOUR, profile: parseProfile('ramp') }).slots
  const steady = planRun(HOUR).slots
  expect(ramp.map(({ priorityId }) => priorityId)).toEqual(steady.map(({ priorityId }) => priorityId))
  expect(ramp.map(({ offsetMs }) => offsetMs)).not.toEqual(steady.map(({ offsetMs }) => offsetMs))
})

function sharesOf(request: PlanRequest, keyOf: (slot: PlannedSlot) => string): (key: string) => number {
  const { slots } = planRun(request)
  return (key) => slots.filter((slot) => keyOf(slot) === key).length / slots.length
}

function facts({ slots }: { readonly slots: readonly PlannedSlot[] }): string[] {
  return slots.map(({ offsetMs, priorityId }) => `${offsetMs} ${priorityId}`)
}

function timesOf(request: PlanRequest): number[] {
  return planRun(request).slots.map(({ offsetMs }) => offsetMs)
}
