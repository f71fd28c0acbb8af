import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { MoodName } from '#jira-sandbox'
import { startTestSandbox, type TestSandbox } from '#jira-sandbox/testing'
import type { StepId } from './report.ts'
import { amiss, preflightOf, stepOf } from '../../test-support/preflight/preflight.ts'

let sandbox: TestSandbox
beforeAll(async () => {
  sandbox = await startTestSandbox()
})
afterAll(() => sandbox.stop())

/** The step that fails, and words of what it says and of what to do. */
const RED: readonly (readonly [MoodName, StepId, message: RegExp, hint: RegExp])[] = [
  ['silent', 'address', /did not begin to answer/, /network/],
  ['cut-answers', 'address', /broke the connection/, /network/],
  ['down', 'server', /HTTP 503/, /status\.atlassian\.com/],
  ['gateway-error', 'server', /HTTP 502/, /status\.atlassian\.com/],
  ['rate-limited', 'server', /takes no more requests/, /Wait/],
  ['login-page', 'server', /web page/, /log-in page/],
  ['login-redirect', 'server', /login page/, /log-in page/],
  ['moved-away', 'server', /redirect to/, /Check the address/],
  ['expired-token', 'identity', /did not accept the e-mail address and API token/, /expire/],
  ['looks-empty', 'identity', /did not accept the e-mail address and API token/, /expire/],
  ['locked-out', 'identity', /locked the account out/, /CAPTCHA/],
  ['no-project', 'project', /sees no project/, /Browse projects/],
  ['other-priorities', 'watched', /High or Highest/, /Blocker, Critical, Major, Minor, Trivial/],
  ['localised-priorities', 'watched', /High or Highest/, /Höchste, Hoch, Mittel/],
]

describe('a mood in which nothing can be watched: red, the step names it and says what to do', () => {
  test.each(RED)('%s: %s', async (mood, id, message, hint) => {
    await sandbox.setMood(mood)
    const preflight = await preflightOf(sandbox, {}, mood === 'silent' ? { firstByteMs: 300 } : {})
    const failed = preflight.steps.filter(({ state }) => state === 'failed')
    expect(failed.map((step) => step.id)).toEqual([id])
    expect(failed[0]?.message).toMatch(message)
    expect(failed[0]?.hint).toMatch(hint)
    expect(preflight.state).toBe('red')
  })
})

/** Steps that are not right, though watching works; the first of them is looked at. */
const GREEN: readonly (readonly [MoodName, string[], message: RegExp, hint: RegExp])[] = [
  ['healthy', [], /last day is not known/, /--token-expires/],
  ['scoped-token', [], /last day is not known/, /--token-expires/],
  ['lagging', [], /last day is not known/, /--token-expires/],
  ['severity', [], /last day is not known/, /--token-expires/],
  ['wrong-clock', ['clock warning'], /20 min ahead of/, /Set this machine's clock/],
  ['no-delete-permission', ['delete warning'], /may not delete/, /Delete issues/],
  ['no-priority-on-screen', ['priority warning'], /Priority cannot be set/, /create screen/],
  ['demanding-screen', ['priority warning'], /must have fields .*: \S+/, /default/],
  [
    'no-create-permission',
    ['issue-type warning', 'priority not-tried', 'create warning'],
    /can create no type of ticket/,
    /Create issues/,
  ],
]

describe('a mood that leaves watching alone: green, with a warning where creating or reading suffers', () => {
  test.each(GREEN)('%s', async (mood, steps, message, hint) => {
    await sandbox.setMood(mood)
    const preflight = await preflightOf(sandbox)
    expect(amiss(preflight)).toEqual([...steps, 'token warning'])
    const first = preflight.steps.find(({ state }) => state === 'warning')
    expect(first?.message).toMatch(message)
    expect(first?.hint).toMatch(hint)
    expect(preflight.state).toBe('green')
  })

  test.each([
    ['no-priority-on-screen', 'priority'],
    ['demanding-screen', 'priority'],
    ['no-create-permission', 'issue-type'],
  ] as const)('%s is red for who wants to create', async (mood, id) => {
    await sandbox.setMood(mood)
    const preflight = await preflightOf(sandbox, {}, { needs: 'create' })
    expect(stepOf(preflight, id).state).toBe('failed')
    expect(stepOf(preflight, 'watched').state).toBe('ok')
    expect(preflight.state).toBe('red')
  })
})

test('slow: named, though nothing else is wrong', async () => {
  await sandbox.setMood('healthy')
  // As the mood, which takes as long for each of a dozen answers.
  await sandbox.setFaults([{ match: { path: '/serverInfo$' }, kind: 'late', ms: 2_100, times: 1 }])
  const preflight = await preflightOf(sandbox, {}, { firstByteMs: 10_000 })
  expect(amiss(preflight)).toEqual(['address warning', 'token warning'])
  expect(stepOf(preflight, 'address').message).toMatch(/is slow: it took 2\.\d s/)
  expect(preflight.state).toBe('green')
})
