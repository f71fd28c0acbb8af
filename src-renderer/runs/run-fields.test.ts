import { expect, test } from 'vitest'
import { drawSeed, fieldsOf, newFields, withProfile, type RunDraft } from './run-fields.ts'
import { readRun } from './run-request.ts'

const draft: RunDraft = { count: 75, minutes: 60, seed: 99, profile: 'steady' }

test.each([
  'steady',
  'even',
  'ramp',
  'ramp 5-1',
  'spike',
  'spike 30m x3 90s',
  'sine 4',
  'sine 4 even',
  '30m@50,10m@200',
])('a run with the profile %s is asked for again as it was', (profile) => {
  expect(readRun(fieldsOf({ ...draft, profile })).request).toEqual({ ...draft, profile })
})

test('of a replay the file has to be chosen again', () => {
  const { request, problems } = readRun(fieldsOf({ ...draft, profile: 'replay march.csv' }))
  expect(request).toBeNull()
  expect(problems).toEqual({ replay: 'Choose a file of tickets.' })
})

test('a profile of a newer version stands there as it was written', () => {
  expect(fieldsOf({ ...draft, profile: 'swarm 7' })).toMatchObject({
    profile: 'written',
    written: 'swarm 7',
  })
})

test('a profile with a size of its own takes the place of the usual one, and gives it back', () => {
  const parts = withProfile(newFields(7), 'written')
  expect(parts).toMatchObject({ count: '', minutes: '' })
  expect(withProfile({ ...parts, count: '12' }, 'replay')).toMatchObject({
    count: '12',
    minutes: '',
  })
  expect(withProfile(parts, 'ramp')).toMatchObject({ count: '100', minutes: '60' })
  expect(withProfile({ ...newFields(7), count: '12' }, 'even')).toMatchObject({
    count: '12',
    minutes: '60',
  })
})

test('a drawn seed has at most six digits', () => {
  expect([drawSeed(() => 0), drawSeed(() => 1 - Number.EPSILON)]).toEqual([0, 999_999])
})
