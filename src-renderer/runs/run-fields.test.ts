import { expect, test } from 'vitest'
import {
  draftOf,
  drawSeed,
  fieldsOf,
  minutesOf,
  newFields,
  withProfile,
  type RunDraft,
} from './run-fields.ts'
import { readRun } from './run-request.ts'
import { testRun } from '../../test-support/domain/run.ts'

const draft: RunDraft = {
  count: 75,
  minutes: 60,
  seed: 99,
  profile: 'steady',
  rate: 1,
  onlyWatched: false,
  projects: '',
}

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
  const { rate: _rate, onlyWatched: _only, projects: _projects, ...asked } = draft
  expect(readRun(fieldsOf({ ...draft, profile })).request).toEqual({ ...asked, profile })
})

test('a run is asked for again in its projects and at its speed, where the form knows them', () => {
  expect(draftOf(testRun, 'TPM')).toEqual({
    count: 100,
    minutes: 60,
    seed: 7,
    profile: 'steady',
    rate: 1,
    onlyWatched: false,
    projects: '',
  })
  expect(draftOf(testRun, null).projects).toBe('')
  expect(draftOf({ ...testRun, projectKey: 'OPS, TPM' }, null).projects).toBe('OPS, TPM')
  const elsewhere = draftOf({ ...testRun, projectKey: 'OPS', rate: 60 }, 'TPM')
  expect(readRun(fieldsOf(elsewhere)).request).toMatchObject({ projects: { OPS: 1 }, compress: 60 })
  expect(fieldsOf({ ...elsewhere, rate: 120 }).speed).toBe('1')
})

test('a run of watched ones alone is asked for again as such', () => {
  const again = fieldsOf(draftOf({ ...testRun, mix: 'watched' }, null))
  expect(readRun(again).request).toMatchObject({ mix: 'watched' })
  expect(readRun({ ...again, onlyWatched: false }).request).not.toHaveProperty('mix')
})

test('a run that was paused is asked for again without the time that it stood still', () => {
  const paused = { ...testRun, endMs: testRun.endMs + 90_000, shiftedMs: 90_000 }
  expect(draftOf(paused, 'TPM').minutes).toBe(60)
})

test('the length of a run is shown in minutes', () => {
  expect(minutesOf({ startMs: 0, endMs: 30_000 })).toBe(0.5)
  expect(minutesOf({ startMs: 0, endMs: 3_600_001 })).toBe(60)
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
