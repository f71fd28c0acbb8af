import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { startTestSandbox, type TestSandbox } from '#jira-sandbox/testing'
import { makeTestEnvironment } from '../../test-support/store/store.ts'
import { createCliFixture, type CliFixture } from '../../test-support/commands/cli.ts'

let cloud: TestSandbox
let server: TestSandbox
let cli: CliFixture
beforeAll(async () => {
  cloud = await startTestSandbox({ unseenInJql: 'refused' })
  server = await startTestSandbox({ deployment: 'data-center', unseenInJql: 'refused' })
})
afterAll(() => Promise.all([cloud.stop(), server.stop()]))
beforeEach(async () => {
  cli = createCliFixture(await makeTestEnvironment())
  onTestFinished(() => cli.close())
})

const COMMANDS = [
  'create-tickets --count 1 --minutes 0.1 --yes',
  'fetch-tickets',
  'counts',
  'left-tickets',
  'audit',
  'export out.csv',
  'runs',
  'clean-up --yes',
  'resume',
  'load-sample',
  'plot-data --port 0',
  'serve --port 0',
  'doctor',
]

const JIRAS = {
  'the sandbox': () => ({}),
  'Jira Cloud': () => ({ JIRA_URL: cloud.url, JIRA_USER: cloud.email, JIRA_API_KEY: cloud.apiToken }),
  'a Data Center server': () => ({ JIRA_URL: server.url, JIRA_API_KEY: server.apiToken }),
}

describe.each(Object.entries(JIRAS))('a wrong project of %s', (jira, env) => {
  test.each(COMMANDS)('%s: one sentence that names what there is, exit 2', async (command) => {
    const { code, stdout, stderr } = await cli.run([...command.split(' '), '--project', 'nix', '--json'], {
      env: env(),
    })
    const said = command === 'doctor' ? stdout : stderr
    expect(said).toContain('The account sees no project with the key NIX.')
    expect(said).toContain(
      `It sees ${jira === 'the sandbox' ? 'APP, DATA, HELP, OPS, PAY, TPM, WEB' : 'TPM'}.`,
    )
    expect(code).toBe(2)
    expect(stderr).not.toMatch(/HTTP 4\d\d/)
  })
})

test('so is one of JIRA_PROJECT', async () => {
  const env = { ...JIRAS['Jira Cloud'](), JIRA_PROJECT: 'NIX' }
  const { code, stderr } = await cli.run(['counts'], { env })
  expect([code, stderr]).toEqual([
    2,
    expect.stringContaining('no project with the key NIX. Nothing was done.'),
  ])
})

test.each(['serve', 'plot-data'])('%s of a Jira that was connected does not stay for it', async (command) => {
  mkdirSync(cli.dataDir)
  writeFileSync(
    path.join(cli.dataDir, 'config.json'),
    JSON.stringify({ jira: cloud.url, user: cloud.email, project: 'TPM' }),
  )
  const env = { JIRA_API_KEY: cloud.apiToken }
  const { code, stderr } = await cli.run([command, '--port', '0', '--project', 'NIX'], { env })
  expect([code, stderr]).toEqual([
    2,
    expect.stringContaining('no project with the key NIX. Nothing was done.'),
  ])
})

test('a right one is taken in whatever case', async () => {
  const { code } = await cli.run(['fetch-tickets', '--project', 'tpm'], { env: JIRAS['Jira Cloud']() })
  expect(code).toBe(0)
})
