import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startTestSandbox, type TestSandbox } from '#jira-sandbox/testing'
import { createCliFixture, type CliFixture, type CliResult } from '../../../test-support/commands/cli.ts'
import { createMemoryKeychain } from '../../../test-support/secrets/secrets.ts'
import { createSecrets } from '../../secrets/secrets.ts'
import { hooksSecret } from './hooks.ts'

const SECRET = 'planted-secret-of-webhooks'
const PUBLIC = 'https://tpm.example.com'
const OURS = `${PUBLIC}/hooks/jira`

let sandbox: TestSandbox
let cli: CliFixture
afterEach(async () => {
  cli.close()
  await sandbox.stop()
})

/** `deployment`: which Jira; the account of its API token. */
async function start(deployment: 'cloud' | 'data-center' = 'cloud'): Promise<void> {
  sandbox = await startTestSandbox({ deployment })
  cli = createCliFixture({
    JIRA_URL: sandbox.url,
    ...(deployment === 'cloud' && { JIRA_USER: sandbox.email }),
    JIRA_API_KEY: sandbox.apiToken,
    JIRA_PROJECT: 'TPM',
    JIRA_WEBHOOK_SECRET: SECRET,
    JIRA_TPM_PUBLIC_URL: PUBLIC,
  })
}

const hooks = (what: string, ...more: string[]): Promise<CliResult> => cli.run(['hooks', what, ...more])

function documentOf({ stdout }: CliResult): unknown {
  return JSON.parse(stdout)
}

describe.each(['cloud', 'data-center'] as const)('on %s', (deployment) => {
  beforeEach(() => start(deployment))

  test('it is registered once, checked, and removed', async () => {
    const missing = await hooks('check', '--json')
    expect(documentOf(missing)).toMatchObject({ ok: false, registered: false, webhook: null, last: null })
    expect(missing.code).toBe(1)
    const first = await hooks('register')
    expect(first).toMatchObject({ code: 0, stderr: '' })
    expect(first.stdout).toContain(`Registered: ${OURS}, for project = "TPM".`)
    const again = await hooks('register', '--json')
    expect(documentOf(again)).toMatchObject({ registered: true, made: false, url: OURS })
    const checked = await hooks('check')
    expect(checked.code).toBe(0)
    expect(checked.stdout).toContain(deployment === 'cloud' ? 'it is signed' : 'this Jira does not say')
    expect(documentOf(await hooks('remove', '--json'))).toEqual({ removed: 1 })
    expect((await hooks('remove')).stdout).toContain('No webhook was registered')
    for (const { stdout, stderr } of [first, again, checked]) expect(stdout + stderr).not.toContain(SECRET)
  })

  test('to an account that may not it says what to type where: exit 1', async () => {
    await sandbox.setFaults([{ kind: 'no-permission', permission: 'administer' }])
    const { code, stdout } = await hooks('register')
    expect(code).toBe(1)
    for (const typed of [
      'System → WebHooks',
      `(${sandbox.url}/plugins/servlet/webhooks)`,
      'Name    Jira TPM: TPM',
      `URL     ${OURS}`,
      'the value of JIRA_WEBHOOK_SECRET',
      'JQL     project = "TPM"',
      'Issue: created, updated, deleted',
    ]) {
      expect(stdout).toContain(typed)
    }
    expect(stdout).not.toContain(SECRET)
    const checked = await hooks('check', '--json')
    expect(documentOf(checked)).toMatchObject({ ok: false, registered: null })
    expect(checked.code).toBe(1)
    const removed = await hooks('remove')
    expect([removed.code, removed.stdout]).toEqual([1, expect.stringContaining('Jira TPM: TPM')])
  })
})

test('what is wrong with a registration is said, and register makes it right', async () => {
  await start()
  await sandbox.request('POST', '/rest/webhooks/1.0/webhook', {
    name: 'by hand',
    url: OURS,
    events: ['jira:issue_created'],
    filters: { 'issue-related-events-section': 'project = TPM AND priority = High' },
    enabled: false,
  })
  const { code, stdout } = await hooks('check')
  expect(code).toBe(1)
  for (const wrong of [
    'switched off',
    'does not tell of',
    'lowered',
    'not signed',
    'jira-tpm hooks register',
  ]) {
    expect(stdout).toContain(wrong)
  }
  await hooks('register')
  expect((await hooks('check')).code).toBe(0)
})

test('a wrong token is no missing permission: exit 3', async () => {
  await start()
  const { code, stdout } = await cli.run(['hooks', 'register'], { env: { JIRA_API_KEY: 'planted-wrong' } })
  expect([code, stdout]).toEqual([3, ''])
})

test('where Jira reaches the server must be said, and be an address', async () => {
  await start()
  const unsaid = await cli.run(['hooks', 'register'], { env: { JIRA_TPM_PUBLIC_URL: undefined } })
  expect([unsaid.code, unsaid.stderr]).toEqual([2, expect.stringContaining('--url https://')])
  const wrong = await hooks('register', '--url', 'tpm.example.com')
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('no address')])
  const said = await hooks('register', '--url', 'https://hooks.example.com', '--json')
  expect(documentOf(said)).toMatchObject({ url: 'https://hooks.example.com/hooks/jira' })
})

test('without a secret one is made once, and kept where tokens are', async () => {
  await start()
  const keychain = createMemoryKeychain()
  const secrets = createSecrets({ dataDir: cli.cwd, keychain, log: { warn: () => {} } })
  const config = { jira: { kind: 'sandbox' }, hooksSecret: null } as const
  const { signal } = new AbortController()
  const made = await hooksSecret(config, secrets, signal)
  expect(made).toMatch(/^[0-9a-f]{64}$/)
  expect(await hooksSecret(config, secrets, signal)).toBe(made)
  expect([...keychain.entries]).toEqual([['jira-webhook-secret sandbox', made]])
  expect(await hooksSecret({ ...config, hooksSecret: SECRET }, secrets, signal)).toBe(SECRET)
  expect(keychain.entries.size).toBe(1)
})
