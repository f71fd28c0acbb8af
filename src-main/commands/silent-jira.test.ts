import { mkdirSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Environment } from '../config/environment.ts'
import { saveJiraSettings } from '../config/config-file.ts'
import { startRawServer, type RawServer } from '../../test-support/jira/jira.ts'
import { promisedMs } from '../../test-support/promised.ts'
import { createCliFixture, type CliFixture } from '../../test-support/commands/cli.ts'
import { openTestWorkspace, type TestWorkspace } from '../../test-support/commands/workspace.ts'

let cli: CliFixture
/** Takes every connection and never answers. */
let silent: RawServer
beforeEach(async () => {
  cli = createCliFixture()
  mkdirSync(cli.dataDir)
  silent = await startRawServer(() => {})
})
afterEach(() => cli.close())

const token = { JIRA_API_KEY: 'planted-token' }

test.each([[['counts']], [['fetch-tickets']], [['create-tickets', '--yes']]])(
  'a Jira that does not answer: %j ends at Ctrl-C, and says what did not happen',
  async (argv) => {
    const controller = new AbortController()
    const env = { ...token, JIRA_URL: silent.url }
    const running = cli.run(argv, { env, signal: controller.signal })
    // The first one loads the core.
    await expect.poll(() => silent.requests.length, { timeout: 20_000 }).toBe(1)
    controller.abort()
    const { code, stdout, stderr } = await running
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' })
    expect(stderr).toContain('before the Jira and the store were open')
  },
)

test('plot-data serves its window all the same, where the settings can mend it', async () => {
  const watch = { field: { id: 'priority', name: 'Priority' }, ids: [] }
  const jira = { url: silent.url, user: null, projectKey: null, caFile: null, tokenExpiresOn: null, watch }
  await saveJiraSettings(cli.dataDir, jira)
  const controller = new AbortController()
  const { promise: printed, resolve } = Promise.withResolvers<string>()
  const running = cli.run(['plot-data', '--port', '0', '--json'], {
    env: token,
    signal: controller.signal,
    onStdout: resolve,
  })
  expect(JSON.parse(await printed)).toEqual({
    url: expect.stringContaining('http://127.0.0.1:') as string,
    link: null,
  })
  controller.abort()
  expect(await running).toMatchObject({ code: 0, stderr: '' })
})

test('against sandbox --mood silent a command says so within 15 s, and ends within 45 s', async () => {
  const workspaces = [await openTestWorkspace(), await openTestWorkspace(), await openTestWorkspace()]
  /** The workspace's own sandbox, and one by its address that has never answered here, or has. */
  const sites = workspaces.map(({ address: { url, email, apiToken } }, n) =>
    n === 0 ? {} : { JIRA_URL: url, JIRA_USER: email, JIRA_API_KEY: apiToken },
  )
  expect(await workspaces[2]?.start(['fetch-tickets'], sites[2]).ended).toBe(0)
  for (const { sandbox } of workspaces) await sandbox.setMood('silent')

  const create = ['create-tickets', '--count', '2', '--minutes', '1', '--yes']
  await Promise.all(
    workspaces.flatMap((workspace, n) => [
      ends(workspace, sites[n] ?? {}, ['fetch-tickets', '--json']),
      ends(workspace, sites[n] ?? {}, create),
    ]),
  )
}, 200_000)

test('but of one that has answered before a single answer that does not come is asked for again: a run goes on', async () => {
  const workspace = await openTestWorkspace()
  await workspace.sandbox.setFaults([
    { match: { method: 'POST', path: '/issue$' }, kind: 'reset-after', times: 1 },
    { match: { path: '/search/' }, kind: 'stall-before', times: 1 },
  ])
  const run = 'create-tickets --count 3 --minutes 1 --compress 60 --json'.split(' ')
  const command = workspace.start(run)
  await command.says(/has not answered for 5 s/)
  expect(await command.ended).toBe(0)
  expect(JSON.parse(command.stdout())).toMatchObject({ created: 3, failed: 0 })
}, 200_000)

async function ends(workspace: TestWorkspace, site: Environment, argv: string[]): Promise<void> {
  const beganMs = performance.now()
  const command = workspace.start(argv, site)
  await command.says(/has not answered for 5 s/)
  expect(performance.now() - beganMs).toBeLessThan(promisedMs(15_000))
  expect(await command.ended).toBe(1)
  expect(performance.now() - beganMs).toBeLessThan(promisedMs(45_000))
  expect(command.stdout()).toBe('')
  expect(command.stderr()).toMatch(/did not begin to answer within [13]0 s/)
}
