import { describe, expect, test } from 'vitest'
import { newFields, type RunFields } from './run-fields.ts'
import { readRun } from './run-request.ts'

const read = (part: Partial<RunFields>): ReturnType<typeof readRun> => readRun({ ...newFields(7), ...part })
const request = (part: Partial<RunFields>) => read(part).request
const wrong = (part: Partial<RunFields>): string[] => Object.keys(read(part).problems ?? {})

test('the form as it is opened asks for 100 tickets in an hour, by the seed that was drawn', () => {
  expect(request({})).toEqual({ count: 100, minutes: 60, seed: 7, profile: 'steady' })
})

test('speed and weights go along when they are given', () => {
  const given = {
    speed: '60',
    priorities: 'Highest 1, High=2',
    types: 'Bug',
    projects: 'OPS 3, TPM 1',
  }
  expect(request(given)).toMatchObject({
    compress: 60,
    weights: { Highest: 1, High: 2 },
    types: { Bug: 1 },
    projects: { OPS: 3, TPM: 1 },
  })
})

test('a drill says how soon its alarm has to come, and nothing where it is none', () => {
  expect(request({ isDrill: true, drillWithin: '7.5' })).toMatchObject({ drill: { withinMinutes: 7.5 } })
  expect(request({ drillWithin: '7' })).not.toHaveProperty('drill')
  expect(wrong({ isDrill: true, drillWithin: 'soon' })).toEqual(['drillWithin'])
})

test.each([
  { count: '0' },
  { count: '-3' },
  { count: '1e9' },
  { count: '2.5' },
  { count: '' },
  { count: 'many' },
  { minutes: '0' },
  { minutes: '' },
  { minutes: '1441' },
  { seed: '-1' },
  { seed: 'seven' },
  { seed: '' },
  { seed: '4294967296' },
  { priorities: 'High=' },
  { priorities: 'High 0' },
  { types: 'Bug, bug' },
  { projects: ',' },
])('%j is not taken, and its field says why', (fields) => {
  expect(request(fields)).toBeNull()
  expect(wrong(fields)).toEqual(Object.keys(fields))
})

describe('profiles', () => {
  test.each<[Partial<RunFields>, string]>([
    [{ profile: 'even' }, 'even'],
    [{ profile: 'ramp' }, 'ramp'],
    [{ profile: 'ramp', rampFrom: '5', rampTo: '1.5' }, 'ramp 5-1.5'],
    [{ profile: 'ramp', rampFrom: '5', rampTo: '5' }, 'ramp 5-5'],
    [{ profile: 'ramp', rampFrom: '0', rampTo: '3' }, 'ramp 0-3'],
    [{ profile: 'ramp', rampFrom: '3', rampTo: '0' }, 'ramp 3-0'],
    [{ profile: 'spike' }, 'spike'],
    [{ profile: 'spike', spikeAt: '30', spikeLong: '10' }, 'spike 30m x5 10m'],
    [{ profile: 'spike', spikeAt: '1.5', spikeHeight: '3' }, 'spike 90s x3'],
    [{ profile: 'sine' }, 'sine'],
    [{ profile: 'sine', waves: '3' }, 'sine 3'],
    [{ profile: 'written', written: ' 30m@50,10m@200 ' }, '30m@50,10m@200'],
  ])('%j is written %s', (fields, profile) => {
    expect(request(fields)).toMatchObject({ profile })
  })

  test.each<[Partial<RunFields>, string[]]>([
    [{ profile: 'ramp', rampFrom: '-1', rampTo: 'x' }, ['rampFrom', 'rampTo']],
    [{ profile: 'ramp', rampFrom: '0', rampTo: '0' }, ['rampTo']],
    [
      { profile: 'spike', spikeAt: 'soon', spikeLong: '0', spikeHeight: '' },
      ['spikeAt', 'spikeLong', 'spikeHeight'],
    ],
    [{ profile: 'sine', waves: '1.5' }, ['waves']],
    [{ profile: 'written' }, ['written']],
    [{ profile: 'replay' }, ['replay']],
  ])('%j is not taken', (fields, names) => {
    expect(wrong(fields)).toEqual(names)
  })

  test('parts and a replay keep their own size where none is typed', () => {
    const replay = { name: 'a.csv', offsetsMs: [0, 9], priorities: [], priorityOf: [-1, -1] }
    expect(request({ profile: 'replay', replay, count: '', minutes: '' })).toEqual({
      seed: 7,
      replay,
    })
    expect(request({ profile: 'written', written: '30m@50', count: '', minutes: '10' })).toEqual({
      seed: 7,
      profile: '30m@50',
      minutes: 10,
    })
  })
})
