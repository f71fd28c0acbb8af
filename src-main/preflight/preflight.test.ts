import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { PREFLIGHT_STEPS, type Preflight } from '../../src-shared/contract/settings.ts'
import { createCloudJira } from '../jira/cloud/cloud.ts'
import { createJumpClock, jiraAt, startRawServer } from '../../test-support/jira/jira.ts'
import { startTestSandbox, type TestSandbox } from '#jira-sandbox/testing'
import { machineClock } from '../runtime/clock.ts'
import { runPreflight } from './preflight.ts'
import { amiss, preflightOf, stepOf, USUAL_CHOICE } from '../../test-support/preflight/preflight.ts'

let sandbox: TestSandbox
beforeAll(async () => {
  sandbox = await startTestSandbox()
})
afterAll(() => sandbox.stop())
beforeEach(() => sandbox.setMood('healthy'))

const SEVERITY = { id: 'customfield_10050', name: 'Severity' }

test('each step is reported as it begins and as it ends, in the order of the list', async () => {
  const told: Preflight[] = []
  const result = await preflightOf(sandbox, {}, { onChange: (preflight) => told.push(preflight) })
  const begun = told.flatMap(({ steps }) => steps.filter(({ state }) => state === 'running'))
  expect(begun.map(({ id }) => id)).toEqual([...PREFLIGHT_STEPS])
  // None of the copies changes afterwards.
  expect(told[0]?.steps.map(({ state }) => state)).toEqual(['running', ...Array(12).fill('waiting')])
  expect(told.slice(0, -1).every(({ state }) => state === 'running')).toBe(true)
  expect(told.at(-1)).toEqual(result)
  expect(result).toMatchObject({ state: 'green', deployment: 'cloud' })
})

test('what needs a step that failed is not tried', async () => {
  await sandbox.setMood('expired-token')
  const { steps } = await preflightOf(sandbox)
  const states = steps.map(({ state }) => state)
  expect(states).toEqual(['ok', 'ok', 'ok', 'failed', ...Array(9).fill('not-tried')])
})

test('nothing listens at the address', async () => {
  const server = await startRawServer(() => {})
  await server.close()
  const preflight = await preflightOf(sandbox, {}, { connection: { url: server.url } })
  expect(stepOf(preflight, 'address')).toMatchObject({
    state: 'failed',
    hint: expect.stringMatching(/VPN/) as string,
  })
  expect(preflight.deployment).toBeNull()
})

test('a server that is no Jira', async () => {
  const server = await startRawServer((response) => {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found')
  })
  const preflight = await preflightOf(sandbox, {}, { connection: { url: server.url } })
  expect(amiss(preflight)[0]).toBe('server failed')
  expect(stepOf(preflight, 'server').hint).toContain('https://example.com/jira')
})

test('a server that tells strangers nothing, and refuses the token: both may be wrong', async () => {
  const server = await startRawServer((response) => {
    response.writeHead(401, { 'content-type': 'application/json' }).end('{}')
  })
  const preflight = await preflightOf(sandbox, {}, { connection: { url: server.url } })
  expect(stepOf(preflight, 'server')).toMatchObject({
    state: 'failed',
    message: expect.stringContaining('did not accept the e-mail address and API token') as string,
    hint: expect.stringMatching(/Check the address.*Check the e-mail address and the API token/) as string,
  })
})

test('Jira Cloud without an e-mail address is reported before a token is wasted', async () => {
  const preflight = await preflightOf(sandbox, {}, { connection: { user: null } })
  expect(stepOf(preflight, 'identity')).toMatchObject({ state: 'failed' })
  expect(stepOf(preflight, 'identity').message).toMatch(/e-mail address/)
})

test('a token whose day is past: the reason that was noted comes first', async () => {
  await sandbox.setMood('expired-token')
  const preflight = await preflightOf(sandbox, { tokenExpiresOn: '2026-01-31' })
  expect(stepOf(preflight, 'identity').hint).toMatch(/^The token worked until 2026-01-31/)
})

describe('projects', () => {
  const projects = [
    { key: 'AAA', name: 'Apples' },
    { key: 'TPM', name: 'Tickets per minute' },
  ]
  beforeAll(() => sandbox.setSettings({ projects }))

  test('none named: every one is watched, and the first is looked at', async () => {
    const preflight = await preflightOf(sandbox)
    expect(stepOf(preflight, 'project')).toMatchObject({
      state: 'ok',
      message: expect.stringContaining('AAA, TPM') as string,
    })
    expect(stepOf(preflight, 'issue-type').message).toContain('AAA, the first of 2')
    expect(preflight.choices.projects).toEqual(projects)
  })

  test('none named, to create: it is asked which', async () => {
    const preflight = await preflightOf(sandbox, {}, { needs: 'create' })
    expect(stepOf(preflight, 'project')).toMatchObject({
      state: 'failed',
      hint: expect.stringMatching(/--project KEY.*AAA, TPM/) as string,
    })
  })

  test('one named, in whatever case', async () => {
    const preflight = await preflightOf(sandbox, { projectKey: 'tpm' })
    expect(stepOf(preflight, 'create').message).toContain('TPM')
  })

  test('one that is not there, or not shown: those that are, are named', async () => {
    await sandbox.setSettings({ hiddenProjects: ['TPM'] })
    for (const projectKey of ['TPM', 'NOPE']) {
      const preflight = await preflightOf(sandbox, { projectKey })
      expect(stepOf(preflight, 'project')).toMatchObject({ state: 'failed', hint: 'It sees AAA.' })
      expect(preflight.choices.projects).toEqual([projects[0]])
    }
  })
})

describe('what is watched', () => {
  test('High and Highest by name where nobody chose', async () => {
    const { choices } = await preflightOf(sandbox)
    expect(choices.watched.map(({ name }) => name)).toEqual(['Highest', 'High'])
    expect(choices.fields.map(({ field }) => field.id)).toEqual(['priority'])
    expect(choices.fields[0]?.values).toHaveLength(5)
  })

  test('the ids that were chosen, whatever they are called, in the site’s order', async () => {
    await sandbox.setMood('other-priorities')
    const watch = { ...USUAL_CHOICE.watch, ids: ['3', '1'] }
    const { state, choices } = await preflightOf(sandbox, { watch })
    expect(choices.watched.map(({ name }) => name)).toEqual(['Blocker', 'Major'])
    expect(state).toBe('green')
  })

  test('a chosen value that is gone is a warning, all of them gone a failure', async () => {
    const some = await preflightOf(sandbox, { watch: { ...USUAL_CHOICE.watch, ids: ['1', '77'] } })
    expect(stepOf(some, 'watched')).toMatchObject({ state: 'warning' })
    const none = await preflightOf(sandbox, { watch: { ...USUAL_CHOICE.watch, ids: ['77'] } })
    expect(stepOf(none, 'watched')).toMatchObject({ state: 'failed' })
    expect(none.choices.fields).not.toEqual([])
  })

  test('a site without priorities on the screen: the site’s own list is chosen from', async () => {
    await sandbox.setMood('no-priority-on-screen')
    const { choices } = await preflightOf(sandbox)
    expect(choices.watched.map(({ name }) => name)).toEqual(['Highest', 'High'])
  })

  test('a severity field is offered, and can be the one that is watched', async () => {
    await sandbox.setMood('severity')
    const { choices } = await preflightOf(sandbox)
    const severity = choices.fields.find(({ field }) => field.name === 'Severity')
    const ids = severity?.values.slice(0, 1).map(({ id }) => id) ?? []
    const watch = { field: severity?.field ?? SEVERITY, ids }
    const preflight = await preflightOf(sandbox, { watch, projectKey: 'TPM' }, { needs: 'create' })
    expect(preflight).toMatchObject({ state: 'green', choices: { watched: severity?.values.slice(0, 1) } })
    expect(stepOf(preflight, 'priority').message).toContain('Severity can be set')
  })

  test('a field that is not there', async () => {
    const preflight = await preflightOf(sandbox, { watch: { field: SEVERITY, ids: ['1'] } })
    expect(stepOf(preflight, 'watched')).toMatchObject({
      state: 'failed',
      message: expect.stringContaining('Severity') as string,
    })
  })
})

test('Data Center: named as such, with its version', async () => {
  const server = await startTestSandbox({ deployment: 'data-center', contextPath: '/jira' })
  try {
    const preflight = await preflightOf(server, {}, { connection: { user: null } })
    expect(stepOf(preflight, 'server').message).toMatch(/^Jira Data Center \d/)
    expect(preflight).toMatchObject({ state: 'green', deployment: 'data-center' })
    const wrong = await preflightOf(server, {}, { connection: { token: 'wrong' } })
    expect(stepOf(wrong, 'identity').hint).toMatch(/leave the address out.*personal access token/)
  } finally {
    await server.stop()
  }
})

test('the sandbox of the workspace: nobody asks for its token or its clock', async () => {
  await sandbox.setMood('wrong-clock')
  const jira = createCloudJira({ ...sandbox, clock: createJumpClock() })
  const choice = { ...USUAL_CHOICE, connection: null }
  const preflight = await runPreflight(jira, choice, {
    clock: machineClock,
    signal: new AbortController().signal,
  })
  expect(amiss(preflight)).toEqual([])
})

test('given up in the middle: cancelled, and nothing more is asked', async () => {
  const controller = new AbortController()
  const server = await startRawServer(() => controller.abort())
  const running = runPreflight(jiraAt(server.url), USUAL_CHOICE, {
    clock: machineClock,
    signal: controller.signal,
  })
  await expect(running).rejects.toMatchObject({ code: 'cancelled' })
  expect(server.requests).toHaveLength(1)
})

test('few questions: a healthy site is asked at most 20 times', async () => {
  const asked: string[] = []
  const server = await startRawServer((response, { method, path, headers }) => {
    asked.push(path)
    const { authorization = '' } = headers
    void fetch(sandbox.url + path, { method, headers: { authorization } }).then(async (answer) => {
      response.writeHead(answer.status, {
        'content-type': answer.headers.get('content-type') ?? '',
        date: answer.headers.get('date') ?? '',
      })
      response.end(await answer.text())
    })
  })
  const preflight = await preflightOf(sandbox, { projectKey: 'TPM' }, { connection: { url: server.url } })
  expect(preflight.state).toBe('green')
  expect(asked.length).toBeLessThanOrEqual(20)
})
