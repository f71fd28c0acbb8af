import { expect, test } from 'vitest'
import { planTimes } from '../../src-shared/domain/run/plan-times.ts'
import { plannedRun, planText, sharesText } from './run-request.ts'
import { newFields, type RunFields } from './run-fields.ts'

const plan = (part: Partial<RunFields>): ReturnType<typeof plannedRun> =>
  plannedRun({ ...newFields(7), ...part })
const sum = (counts: readonly number[] | undefined): number | undefined => counts?.reduce((a, b) => a + b, 0)

test('the plan that is shown is the plan of the run that is asked for', () => {
  const { planned } = plan({})
  const { offsetsMs } = planTimes({ count: 100, minutes: 60, seed: 7 })
  expect(planned).toMatchObject({ count: 100, minutes: 60, request: { seed: 7 } })
  expect(planned?.perMinute).toHaveLength(60)
  expect(planned?.perMinute[9]).toBe(offsetsMs.filter((ms) => ms >= 540_000 && ms < 600_000).length)
  expect(sum(planned?.perMinute)).toBe(100)
})

test('another seed gives another plan, the same one the same', () => {
  expect(plan({ seed: '8' }).planned?.perMinute).not.toEqual(plan({}).planned?.perMinute)
  expect(plan({}).planned).toEqual(plan({}).planned)
})

test('parts bring their own number and length', () => {
  const { planned } = plan({
    profile: 'written',
    written: '30m@50,10m@200,20m@50',
    count: '',
    minutes: '',
  })
  expect(planned).toMatchObject({ count: 75, minutes: 60 })
  expect(sum(planned?.perMinute.slice(30, 40))).toBe(33)
})

test('a fraction of a minute has one bar', () => {
  expect(plan({ minutes: '0.5', count: '3' }).planned?.perMinute).toEqual([3])
})

test.each<[Partial<RunFields>, keyof RunFields, RegExp]>([
  [{ profile: 'written', written: '30m@x' }, 'written', /"x" at character 5 is no rate/],
  [{ profile: 'written', written: 'swarm' }, 'written', /is no profile/],
  [{ profile: 'spike', spikeAt: '70' }, 'profile', /begins at .*70.*, and the run is/],
])('%j: the field says what is wrong', (fields, name, words) => {
  const { planned, problems } = plan(fields)
  expect(planned).toBeNull()
  expect(problems?.[name]).toMatch(words)
  expect(problems?.[name]).not.toContain('Nothing was made')
})

test('the plan in words', () => {
  expect(planText({ count: 100, minutes: 60, perMinute: [1, 5, 2] })).toBe(
    '100 tickets in 60 minutes, peak 5 a minute.',
  )
  expect(planText({ count: 1, minutes: 0.5, perMinute: [1] })).toBe('1 ticket in 0.5 minutes.')
})

test('a day of as many tickets as a run may have is planned while one types', () => {
  const began = performance.now()
  expect(plan({ count: '100000', minutes: '1440', profile: 'sine' }).planned?.perMinute).toHaveLength(1_440)
  expect(performance.now() - began).toBeLessThan(10_000)
})

test('the plan says what the weights come to', () => {
  const plain = { count: 100, request: { seed: 7 } }
  expect(sharesText(plain)).toBeNull()
  expect(sharesText({ ...plain, request: { seed: 7, weights: { Highest: 1, High: 3 } } })).toBe(
    'About 25 Highest, 75 High.',
  )
  const several = { seed: 7, types: { Bug: 1 }, projects: { OPS: 2, TPM: 1 } }
  expect(sharesText({ count: 6_000, request: several })).toBe('About 6,000 Bug; 4,000 in OPS, 2,000 in TPM.')
})
