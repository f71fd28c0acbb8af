import { expect, test } from 'vitest'
import { stepText } from './progress.ts'

const STEP = {
  id: 'identity',
  state: 'failed',
  message: 'Jira did not accept the token. Nothing was changed.',
  hint: 'Check the e-mail address, and make a new token.',
} as const

test('a step has a line, and what to do another, as wide as they are', () => {
  expect(stepText(STEP)).toMatchInlineSnapshot(`
    "FAILED     identity     Jira did not accept the token. Nothing was changed.
                            Check the e-mail address, and make a new token."
  `)
  expect(stepText({ ...STEP, state: 'not-tried', message: '', hint: '' })).toBe('not tried  identity')
})

test('a terminal gets them wrapped at words, below their heading where it is narrow', () => {
  expect(stepText(STEP, 72)).toMatchInlineSnapshot(`
    "FAILED     identity     Jira did not accept the token. Nothing was
                            changed.
                            Check the e-mail address, and make a new token."
  `)
  expect(stepText(STEP, 40)).toMatchInlineSnapshot(`
    "FAILED     identity
      Jira did not accept the token. Nothing
      was changed.
      Check the e-mail address, and make a
      new token."
  `)
})
