import { expect, test } from 'vitest'
import { missedChoices, missedText, sendAgainQuestion, unknownChoices } from './run-controls.tsx'
import { PAUSED, testRun } from '../../test-support/domain/run.ts'

const paused = { ...testRun, ...PAUSED, missed: 7 }

test('after a pause one resumes as if it had not been, after a sleep one chooses first', () => {
  expect(missedChoices(paused).map(({ value }) => value)).toEqual(['shift', 'catch-up', 'skip'])
  expect(
    missedChoices({ ...paused, cause: { code: 'slept', fromMs: 0, toMs: 60_000 } }).map(({ value }) => value),
  ).toEqual(['catch-up', 'skip', 'shift'])
})

test('the ways to go on say of how many tickets they speak', () => {
  expect(missedText(paused)).toBe('7 tickets were due meanwhile.')
  expect(missedChoices(paused).map(({ action }) => action)).toEqual(['Resume', 'Catch up (7)', 'Skip (7)'])
  expect(missedChoices({ ...paused, missed: 1 })[2]?.text).toBe(
    'It is not made. The others keep their times.',
  )
})

test('tickets of unknown outcome are looked for first, and sending them says what may come of it', () => {
  const run = { ...testRun, unknown: 2 }
  expect(unknownChoices(run).map(({ value }) => value)).toEqual(['look', 'send', 'drop'])
  expect(sendAgainQuestion(run)).toMatchObject({ title: 'Send 2 tickets again?' })
  expect(sendAgainQuestion(run).text).toContain('there will be two for the same slot')
})
