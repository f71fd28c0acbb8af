import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { runLabel } from '../../generator/marks.ts'
import { startTestSandbox, type TestSandbox } from '#jira-sandbox/testing'
import { makeTestEnvironment } from '../../../test-support/store/store.ts'
import { createCliFixture, type CliFixture, type CliResult } from '../../../test-support/commands/cli.ts'

/** A sandbox that is somebody's real Jira, as far as we can tell. */
let sandbox: TestSandbox
let cli: CliFixture
beforeAll(async () => {
  sandbox = await startTestSandbox()
})
afterAll(() => sandbox.stop())
beforeEach(async () => {
  await sandbox.setMood('healthy')
  cli = createCliFixture(await makeTestEnvironment())
})
afterEach(() => cli.close())

type CallOptions = Parameters<CliFixture['run']>[1]

function call(argv: readonly string[], options: CallOptions = {}): Promise<CliResult> {
  const env = { JIRA_URL: sandbox.url, JIRA_USER: sandbox.email, JIRA_API_KEY: sandbox.apiToken }
  return cli.run(argv, { env, ...options })
}

function sandboxed(line: string, options: CallOptions = {}): Promise<CliResult> {
  return cli.run([...line.split(' '), '--jira', 'sandbox'], options)
}

/** Makes a run in the Jira, all of it in its first half second, and returns its id. */
async function makeRun(count: number): Promise<string> {
  const argv = [
    'create-tickets',
    '--count',
    String(count),
    '--profile',
    '0.5s@3600,5.5s@0',
    '--yes',
    '--json',
  ]
  const { stdout, stderr, code } = await call(argv)
  expect(code, stderr).toBe(0)
  return (JSON.parse(stdout) as { run: string }).run
}

/** How many tickets of a run the Jira truly has. */
async function left(runId: string): Promise<number> {
  return (await sandbox.truth(runLabel(runId))).length
}

describe('clean-up in a real Jira', () => {
  test('shows first, and asks for the number, which is to be typed', { timeout: 60_000 }, async () => {
    const runId = await makeRun(3)
    const { host } = new URL(sandbox.url)
    const question = /Delete the 3 tickets of run/

    const looked = await call(['clean-up', '--dry-run', '--json'])
    expect(looked.code).toBe(0)
    expect(JSON.parse(looked.stdout)).toMatchObject({
      run: runId,
      site: host,
      count: 3,
      gone: 0,
      refusal: null,
    })

    for (const typed of ['\r', 'y\r', '2\r', '\u001B', '\u0003']) {
      const { code, stdout, stderr } = await call(['clean-up'], { isTTY: true, answers: [[question, typed]] })
      expect(stderr).toContain(`Run ${runId} has 3 tickets to delete in ${host}: TPM-`)
      expect(stderr.replaceAll(/\s+/g, ' ')).toContain(`of run ${runId} from ${host}? Type their number.`)
      expect(stderr).toContain('Jira sends the mails')
      expect([stdout, await left(runId)]).toEqual(['', 3])
      expect(code).toBe(typed === '\u001B' || typed === '\u0003' ? 130 : 0)
    }

    const { code, stdout } = await call(['clean-up'], { isTTY: true, answers: [[question, '3\r']] })
    expect(stdout).toBe(`3 tickets of run ${runId} are deleted from ${host}.\n`)
    expect([code, await left(runId)]).toEqual([0, 0])

    const again = await call(['clean-up', '--run', runId, '--yes'])
    expect(again).toMatchObject({
      code: 0,
      stdout: `Nothing of run ${runId} was left to delete in ${host}.\n`,
    })
    expect(again.stderr).toContain('3 tickets of it are gone already.')
  })

  test('--yes answers for scripts; others’ tickets stay', async () => {
    const stays = await makeRun(2)
    const runId = await makeRun(2)
    const refused = await call(['clean-up', '--run', runId])
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    expect(refused.stderr).toContain('Add --yes')
    const { code, stdout } = await call(['clean-up', '--run', runId, '--yes', '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      run: runId,
      state: 'done',
      total: 2,
      deleted: 2,
      kept: [],
      failure: null,
    })
    expect([await left(runId), await left(stays)]).toEqual([0, 2])
  })

  test('not permitted: exit 1 with a way out, and nothing is tried', async () => {
    const runId = await makeRun(2)
    await sandbox.setMood('no-delete-permission')
    const { code, stdout, stderr } = await call(['clean-up', '--yes', '--json'])
    expect(stderr).toContain('Ask an administrator of TPM for "Delete issues"')
    expect(stderr).toContain(`labels = ${runLabel(runId)}`)
    expect([code, stdout, await left(runId)]).toEqual([1, '', 2])
    expect((await call(['clean-up', '--dry-run'])).code).toBe(1)
  })

  test('Ctrl-C ends it at the next ticket, and says how to go on', async () => {
    const runId = await makeRun(30)
    await sandbox.setFaults([{ match: { method: 'DELETE' }, kind: 'late', ms: 100, times: 1_000 }])
    const interrupt = new AbortController()
    const running = call(['clean-up', '--yes'], { signal: interrupt.signal })
    await expect.poll(() => left(runId), { timeout: 20_000, interval: 5 }).toBeLessThan(27)
    interrupt.abort(new Error('ended by SIGINT'))
    const { code, stderr } = await running
    const gone = 30 - (await left(runId))
    expect([code, stderr]).toEqual([130, expect.stringContaining(`${gone} of 30 tickets are deleted.`)])
    expect(stderr).toContain(`Go on with: jira-tpm clean-up --run ${runId}`)
    expect(gone).toBeLessThan(30)
    await sandbox.setFaults([])
    expect(await call(['clean-up', '--run', runId, '--yes'])).toMatchObject({ code: 0 })
    expect(await left(runId)).toBe(0)
  })

  test('what stays though the run made it makes the command fail', async () => {
    const runId = await makeRun(2)
    const [first] = await sandbox.truth(runLabel(runId))
    const match = { method: 'DELETE', path: `${first?.id}$` }
    await sandbox.setFaults([{ match, kind: 'html-error', status: 400, times: 1 }])
    const { code, stdout, stderr } = await call(['clean-up', '--yes'])
    expect(stdout).toContain(`1 ticket stays:\n  ${first?.key}: `)
    expect(stderr).toContain('1 ticket that the run made stayed.')
    expect(code).toBe(1)
  })

  test('there is no such run, or none at all', async () => {
    const { code, stderr } = await call(['clean-up', '--run', 'zzzzzzzz', '--yes'])
    expect([code, stderr]).toEqual([1, expect.stringContaining('There is no run zzzzzzzz here.')])
    const none = await call(['clean-up', '--yes'])
    expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('There is no run to clean up')])
  })
})

test('in the sandbox a yes will do', async () => {
  const { stdout } = await sandboxed('create-tickets --count 4 --minutes 1 --compress 600 --json')
  const { run } = JSON.parse(stdout) as { run: string }
  const question = /Delete 4 tickets of run/
  const no = await sandboxed('clean-up', { isTTY: true, answers: [[question, 'n']] })
  expect(no).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('Nothing was deleted.') })
  const yes = await sandboxed('clean-up', { isTTY: true, answers: [[question, 'y']] })
  expect(yes).toMatchObject({ code: 0, stdout: `4 tickets of run ${run} are deleted from Sandbox.\n` })
})
