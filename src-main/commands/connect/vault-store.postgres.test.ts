import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Environment } from '../../config/environment.ts'
import { startTestSandbox, type TestSandbox } from '#jira-sandbox/testing'
import { queryOnce } from '../../../test-support/store/postgres-query.ts'
import type { TestPostgres } from '../../../test-support/store/postgres.ts'
import {
  CREATION,
  databasePlace,
  OWNER,
  roleTerms,
  startTeamPostgres,
  teamDatabase,
} from '../../../test-support/vault/leased-store.ts'
import { startTestVault, type TestVault } from '../../../test-support/vault/vault.ts'
import { createCliFixture, type CliFixture } from '../../../test-support/commands/cli.ts'

let server: TestPostgres
let site: TestSandbox
let cli: CliFixture
beforeAll(async () => {
  server = await startTeamPostgres()
  site = await startTestSandbox()
  await site.add({ priority: { id: '2' } })
})
afterAll(async () => {
  await site.stop()
  await server.stop()
})
beforeEach(() => {
  cli = createCliFixture()
})
afterEach(() => cli.close())

/** All that a server of a team's has in its environment: no password, and no token of Jira's. */
async function team(): Promise<{ vault: TestVault; env: Environment }> {
  const vault = await startTestVault({ database: databasePlace(server) })
  vault.database.roles.set('tpm', roleTerms(3_600))
  vault.kv.put('jira-tpm', { api_token: site.apiToken, user: site.email })
  // As docs/vault.md has the policy; the rest is that of `default`.
  vault.tokens.roleTerms = {
    ttl: 3_600,
    policy: {
      'database/creds/tpm': ['read'],
      'secret/data/jira-tpm': ['read'],
      'sys/leases/renew': ['update'],
      'sys/leases/revoke': ['update'],
    },
  }
  const { host, port, database } = await teamDatabase(server)
  const env = {
    JIRA_URL: site.url,
    PSQL_HOST: host,
    PSQL_PORT: String(port),
    PSQL_DB: database,
    PSQL_ROLE: OWNER,
    USE_VAULT: 'true',
    VAULT_ADDR: vault.address,
    VAULT_ROLE_ID: vault.tokens.roleId,
    VAULT_SECRET_ID: vault.tokens.secretId,
    VAULT_DB_ROLE: 'tpm',
  }
  return { vault, env }
}

async function usersLeft(): Promise<unknown[]> {
  return queryOnce(server.url(), `SELECT rolname FROM pg_roles WHERE rolname LIKE 'v-approle-%'`)
}

interface Found {
  readonly step: string
  readonly state: string
  readonly message: string
  readonly hint: string
}

test('a command has both from Vault, and gives them back; the doctor goes through all of it', async () => {
  const { vault, env } = await team()
  const fetched = await cli.run(['fetch-tickets', '--json'], { env })
  expect(fetched.code).toBe(0)
  expect(JSON.parse(fetched.stdout)).toMatchObject({ inserted: 1 })
  // Another user than the one that made the tables.
  const counted = await cli.run(['counts', '--json'], { env })
  expect(counted.code).toBe(0)
  expect(new Set(vault.database.made).size).toBe(2)

  const { code, stdout } = await cli.run(['doctor', '--json'], { env })
  const steps = (JSON.parse(stdout) as { steps: Found[] }).steps
  expect(steps.filter(({ state }) => state === 'failed')).toEqual([])
  expect(code).toBe(0)
  const named = steps.map(({ step }) => step)
  expect(named).toEqual(
    expect.arrayContaining(['vault', 'vault-token', 'vault-database', 'vault-kv', 'rights']),
  )
  expect(await usersLeft()).toEqual([])
  expect(vault.database.cut()).toBe(0)
})

test('where the user that Vault makes cannot be the owner of the tables, the doctor says what to change', async () => {
  const { vault, env } = await team()
  vault.database.roles.set('tpm', roleTerms(3_600, { creation: CREATION.replace(/ IN ROLE .*/, '') }))
  const { code, stdout } = await cli.run(['doctor', '--json'], { env })
  const failed = (JSON.parse(stdout) as { steps: Found[] }).steps.find(({ state }) => state === 'failed')
  expect(failed).toMatchObject({ step: 'password' })
  expect(`${failed?.message} ${failed?.hint}`).toMatch(
    /take on the role jira_tpm_owner.*GRANT jira_tpm_owner TO/s,
  )
  expect(code).toBe(3)
})

test('while Vault is away a command ends with exit 1, as for a store that is out of reach', async () => {
  const { vault, env } = await team()
  await vault.kill()
  const { code, stderr } = await cli.run(['counts'], {
    env: { ...env, JIRA_API_KEY: site.apiToken, JIRA_USER: site.email },
  })
  expect(stderr).toMatch(/Vault at .* cannot be reached: nothing answers at that address/)
  expect(stderr).toContain('what was stored before is safe')
  expect(code).toBe(1)
})
