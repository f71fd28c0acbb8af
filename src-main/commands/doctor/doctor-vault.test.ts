import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Environment } from '../../config/environment.ts'
import { startTestSandbox, type TestSandbox } from '#jira-sandbox/testing'
import { startTestVault, type TestVault } from '../../../test-support/vault/vault.ts'
import { createCliFixture, type CliFixture } from '../../../test-support/commands/cli.ts'

let site: TestSandbox
let cli: CliFixture
beforeAll(async () => {
  site = await startTestSandbox()
})
afterAll(() => site.stop())
beforeEach(() => {
  cli = createCliFixture()
})
afterEach(() => cli.close())

function environment(vault: TestVault): Environment {
  return {
    JIRA_URL: site.url,
    USE_VAULT: 'true',
    VAULT_ADDR: vault.address,
    VAULT_ROLE_ID: vault.tokens.roleId,
    VAULT_SECRET_ID: vault.tokens.secretId,
  }
}

interface Found {
  readonly step: string
  readonly state: string
  readonly message: string
}

async function doctor(vault: TestVault): Promise<{ code: number; steps: Record<string, Found> }> {
  const { code, stdout, stderr } = await cli.run(['doctor', '--json'], { env: environment(vault) })
  expect(stdout + stderr).not.toContain(site.apiToken)
  expect(stdout + stderr).not.toContain(vault.tokens.secretId)
  const { steps } = JSON.parse(stdout) as { steps: Found[] }
  return { code, steps: Object.fromEntries(steps.map((step) => [step.step, step])) }
}

test('the doctor goes through Vault: there and open, known to it, the Jira token', async () => {
  const vault = await startTestVault()
  vault.kv.put('jira-tpm', { api_token: site.apiToken, user: site.email })
  const { code, steps } = await doctor(vault)
  expect(Object.values(steps).filter(({ state }) => state === 'failed')).toEqual([])
  expect(code).toBe(0)
  expect(steps['vault']).toMatchObject({
    state: 'ok',
    message: expect.stringContaining('unsealed') as string,
  })
  expect(steps['vault-token']).toMatchObject({
    state: 'ok',
    message: expect.stringContaining('AppRole') as string,
  })
  expect(steps['vault-kv']).toMatchObject({ state: 'ok', message: 'The Jira token is at secret/jira-tpm.' })
  expect(steps['secrets']).toMatchObject({ state: 'ok', message: 'The token comes from Vault.' })
})

test.each<[string, (vault: TestVault) => unknown, string, RegExp, number]>([
  ['sealed', (vault) => (vault.mood = 'sealed'), 'vault', /is sealed/, 3],
  ['away', (vault) => vault.kill(), 'vault', /cannot be reached/, 3],
  ['unknown', (vault) => (vault.tokens.secretId = 'another'), 'vault-token', /refuses to log in/, 3],
  [
    'forbidden',
    (vault) => (vault.tokens.roleTerms = { ttl: 60, policy: {} }),
    'vault-kv',
    /forbids to read secret\/data\/jira-tpm/,
    3,
  ],
])('%s: the step says so, and what to do', async (_name, spoil, step, words, exit) => {
  const vault = await startTestVault()
  const { roleId, secretId } = vault.tokens
  await spoil(vault)
  const env = { ...environment(vault), VAULT_ROLE_ID: roleId, VAULT_SECRET_ID: secretId }
  const { code, stdout } = await cli.run(['doctor', '--json'], { env })
  const { steps } = JSON.parse(stdout) as { steps: Found[] }
  expect(steps.find((one) => one.step === step)?.message).toMatch(words)
  expect(code).toBe(exit)
})

test('a command of one call ends with exit 3 while Vault is sealed; one that is served waits, and goes on', async () => {
  const vault = await startTestVault()
  vault.kv.put('jira-tpm', { api_token: site.apiToken, user: site.email })
  vault.mood = 'sealed'
  const env = environment(vault)
  const fetched = await cli.run(['fetch-tickets'], { env })
  expect(fetched).toMatchObject({ code: 3, stderr: expect.stringContaining('is sealed') as string })

  const leaving = new AbortController()
  const [told, served] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const serving = cli.run(['plot-data', '--port', '0', '--json'], {
    env,
    signal: leaving.signal,
    onStderr: (text) => text.includes('is sealed') && told.resolve(),
    onStdout: () => served.resolve(),
  })
  await told.promise
  vault.mood = 'well'
  await served.promise
  leaving.abort()
  expect(await serving).toMatchObject({ code: 0 })
})
