import { describe, expect, test } from 'vitest'
import { PREFLIGHT_STEPS, type Preflight, type PreflightStep } from '../../../src-shared/contract/settings.ts'
import { outcomeOf, type AttemptOutcome } from '../form/form-controller.ts'
import { preflightTexts } from './jira-controller.ts'

function preflight(states: Partial<Record<PreflightStep['id'], PreflightStep['state']>>): Preflight {
  const steps = PREFLIGHT_STEPS.map((id) => ({ id, state: states[id] ?? 'ok', message: '', hint: '' }))
  const red = steps.some(({ state }) => state === 'failed')
  return {
    state: red ? 'red' : 'green',
    deployment: 'cloud',
    steps,
    choices: { projects: [], fields: [], watched: [] },
  }
}

const checked = (of: Preflight): AttemptOutcome => outcomeOf('checking', of, preflightTexts)
const connected = (of: Preflight): AttemptOutcome => outcomeOf('taking', of, preflightTexts)

describe('a check that came to its end', () => {
  test('says that nothing stands in the way', () => {
    expect(checked(preflight({}))).toMatchObject({
      tone: 'good',
      message: 'This Jira can be watched.',
    })
  })

  test('counts its warnings', () => {
    expect(checked(preflight({ clock: 'warning', token: 'warning' }))).toMatchObject({
      tone: 'warning',
      message: 'This Jira can be watched, with 2 warnings.',
    })
  })

  test('names what failed', () => {
    expect(checked(preflight({ identity: 'failed', clock: 'not-tried' }))).toMatchObject({
      tone: 'bad',
      message: '1 step failed: Account.',
    })
  })
})

test('who connects learns whether it is done, and that nothing was changed where not', () => {
  expect(connected(preflight({ token: 'warning' }))).toMatchObject({
    message: 'Connected, with 1 warning.',
    taken: true,
  })
  const not = connected(preflight({ identity: 'failed', create: 'failed' }))
  expect(not.message).toBe(
    'Not connected, because 2 steps failed: Account, Creating tickets. Nothing was changed.',
  )
  expect(not.taken).toBeUndefined()
})

test('each step has a title of its own', () => {
  expect(new Set(PREFLIGHT_STEPS.map((id) => preflightTexts.titles[id])).size).toBe(PREFLIGHT_STEPS.length)
})
