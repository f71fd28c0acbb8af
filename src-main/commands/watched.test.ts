import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { startTestSandbox, type TestSandbox } from '#jira-sandbox/testing'
import { makeTestEnvironment } from '../../test-support/store/store.ts'
import { createCliFixture, type CliFixture } from '../../test-support/commands/cli.ts'

/** A server without a keychain and without a window, which has all of it in its environment. */
let sandbox: TestSandbox
let cli: CliFixture
beforeAll(async () => {
  const priorityNames = ['Highest', 'High', 'High (migrated)', 'Critical', 'Lowest']
  sandbox = await startTestSandbox({ severity: 'optional', priorityNames })
  for (const [index, ids] of [['1'], ['2', '2'], ['3', '3', '3'], ['4'], ['5']].entries()) {
    const severity = { customfield_10050: { id: index < 2 ? '10100' : '10103' } }
    for (const id of ids) {
      const project = { key: 'TPM' }
      await sandbox.add({ project, issuetype: { id: '10001' }, summary: 'x', priority: { id }, ...severity })
    }
  }
})
afterAll(() => sandbox.stop())
beforeEach(async () => {
  cli = createCliFixture(await makeTestEnvironment())
  onTestFinished(() => cli.close())
})

function run(argv: readonly string[], watch: Record<string, string> = {}) {
  const account = { JIRA_URL: sandbox.url, JIRA_USER: sandbox.email, JIRA_API_KEY: sandbox.apiToken }
  return cli.run([...argv, '--json'], { env: { ...account, ...watch } })
}

async function counted(watch: Record<string, string> = {}): Promise<unknown> {
  const fetched = await run(['fetch-tickets'], watch)
  expect(fetched).toMatchObject({ code: 0 })
  const { stdout } = await run(['counts'], watch)
  const { buckets } = JSON.parse(stdout) as {
    buckets: { total: number; byPriority: { name: string }[] }[]
  }
  return {
    total: buckets.reduce((sum, bucket) => sum + bucket.total, 0),
    names: buckets[0]?.byPriority.map(({ name }) => name),
  }
}

async function watchedStep(watch: Record<string, string> = {}): Promise<{ state: string; text: string }> {
  const { stdout } = await run(['doctor'], watch)
  const { steps } = JSON.parse(stdout) as { steps: Record<'step' | 'state' | 'message' | 'hint', string>[] }
  const found = steps.find(({ step }) => step === 'watched')
  return { state: found?.state ?? '', text: `${found?.message} ${found?.hint}` }
}

describe('what is watched', () => {
  test('without a word High and Highest, migrated ones too', async () => {
    expect(await counted()).toEqual({ total: 6, names: ['Highest', 'High', 'High (migrated)'] })
  })

  test('JIRA_WATCH names values, by name or id, and another choice is fetched anew', async () => {
    expect(await counted({ JIRA_WATCH: 'high,4' })).toEqual({ total: 3, names: ['High', 'Critical'] })
    expect(await counted({ JIRA_WATCH: 'Critical,High (migrated),High' })).toEqual({
      total: 6,
      names: ['High', 'High (migrated)', 'Critical'],
    })
    expect(await counted({ JIRA_WATCH: 'lowest' })).toEqual({ total: 1, names: ['Lowest'] })
  })

  test.each(['Severity', 'customfield_10050'])('JIRA_WATCH_FIELD=%s is another field', async (field) => {
    const watch = { JIRA_WATCH_FIELD: field, JIRA_WATCH: 'critical' }
    expect(await counted(watch)).toEqual({ total: 3, names: ['Critical'] })
  })

  test('a field that is not there is reported with those that are: exit 3', async () => {
    const { code, stderr } = await run(['fetch-tickets'], { JIRA_WATCH_FIELD: 'Sevrity', JIRA_WATCH: 'x' })
    expect(code).toBe(3)
    expect(stderr).toMatch(/JIRA_WATCH_FIELD is Sevrity.*There is Priority, Severity/s)
  })

  test('values that are not there are reported with those that are: exit 3', async () => {
    const { code, stderr } = await run(['fetch-tickets'], { JIRA_WATCH: 'Hihg' })
    expect(code).toBe(3)
    expect(stderr).toContain('It has: Highest, High, High (migrated), Critical, Lowest')
  })
})

describe('doctor', () => {
  test('tells of values that sound urgent and are not watched', async () => {
    const { state, text } = await watchedStep()
    expect(state).toBe('warning')
    expect(text).toContain('Highest, High, High (migrated). Critical sounds urgent and is not watched.')
    expect(text).toContain('JIRA_WATCH')
  })

  test('and of none where all are', async () => {
    const all = { JIRA_WATCH: 'Highest,High,High (migrated),Critical' }
    expect(await watchedStep(all)).toMatchObject({ state: 'ok' })
  })

  test('looks at the field that the environment names, and says where it is not there', async () => {
    const severity = { JIRA_WATCH_FIELD: 'severity', JIRA_WATCH: 'Critical' }
    expect(await watchedStep(severity)).toEqual({ state: 'ok', text: 'Severity: Critical. ' })
    expect(await watchedStep({ JIRA_WATCH_FIELD: 'Sevrity' })).toMatchObject({
      state: 'failed',
      text: expect.stringContaining('There is Priority, Severity') as string,
    })
  })
})
