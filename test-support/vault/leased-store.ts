import { pino, type Logger } from 'pino'
import { machineClock } from '../../src-main/runtime/clock.ts'
import type { PostgresConfig } from '../../src-main/config/config.ts'
import type { VaultConfig } from '../../src-main/config/vault-config.ts'
import { openStore } from '../../src-main/store/open-store.ts'
import { testConfig } from '../store/postgres-config.ts'
import { queryOnce } from '../store/postgres-query.ts'
import { startPostgres, type TestPostgres } from '../store/postgres.ts'
import { atEnd } from '../end.ts'
import type { TestVault } from './vault.ts'
import type { DatabaseRoleTerms, TestDatabasePlace } from './vault-database.ts'
import { createVault, type Vault } from '../../src-main/vault/vault.ts'

/** The role that the tables belong to. */
export const OWNER = 'jira_tpm_owner'

/** As docs/vault.md has it. */
export const CREATION = `CREATE ROLE "{{name}}" WITH LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}' IN ROLE ${OWNER}`

/** Vault's own user needs no password here; whoever else comes must have the right one. */
const RULES = `
local all all trust
host  all postgres,vault 127.0.0.1/32 trust
host  all all            127.0.0.1/32 scram-sha-256
`

/** As docs/vault.md has it. */
const SET_UP = `
CREATE ROLE ${OWNER} NOLOGIN;
CREATE ROLE vault LOGIN CREATEROLE;
GRANT ${OWNER} TO vault WITH ADMIN OPTION`

/** A server that knows the owner's role; ended with whoever called. */
export async function startTeamPostgres(): Promise<TestPostgres> {
  const server = await startPostgres()
  server.write('pg_hba.conf', RULES)
  await server.restart()
  await queryOnce(server.url(), SET_UP)
  return server
}

/** Where Vault makes users in it. */
export function databasePlace(server: TestPostgres): TestDatabasePlace {
  const { host, port } = server
  return { url: `postgres://vault@${host}:${port}/postgres`, superuserUrl: server.url() }
}

let databases = 0

/** A database of its own, empty, which the owner's role may make our schema in. */
export async function teamDatabase(server: TestPostgres): Promise<PostgresConfig> {
  const { host, port } = server
  const database = `team_${++databases}`
  await queryOnce(server.url(), `CREATE DATABASE ${database} OWNER ${OWNER}`)
  return { ...testConfig({ host, port, database }), user: 'nobody', credentials: 'vault', role: OWNER }
}

/** What the environment would say of it. */
export function vaultConfig(vault: TestVault, given: Partial<VaultConfig> = {}): VaultConfig {
  return {
    address: vault.address,
    namespace: null,
    caFile: null,
    redirectHosts: [],
    auth: {
      kind: 'app-role',
      mount: 'approle',
      roleId: vault.tokens.roleId,
      secretId: vault.tokens.secretId,
    },
    database: { mount: 'database', role: 'tpm' },
    kv: { mount: 'secret', path: 'jira-tpm' },
    ...given,
  }
}

export const NO_PROXY = { httpProxy: null, httpsProxy: null, noProxy: null }

export function testLog(): Logger {
  return pino({ level: process.env['TEST_LOG'] ?? 'silent' })
}

/** Ended with the test, unless that ends it itself. */
export function openVault(config: VaultConfig): Vault {
  const vault = createVault(config, { network: NO_PROXY, clock: machineClock, log: testLog() })
  atEnd(() => vault.stop())
  return vault
}

export function roleTerms(defaultTtl: number, given: Partial<DatabaseRoleTerms> = {}): DatabaseRoleTerms {
  return { defaultTtl, creation: CREATION, ...given }
}

export type LeasedStore = Awaited<ReturnType<typeof openLeasedStore>>

/** A store whose users Vault makes, with its tables made. */
export async function openLeasedStore(config: PostgresConfig, vault: Vault) {
  const signal = AbortSignal.timeout(15_000)
  const store = await openStore(config, {
    clock: machineClock,
    log: testLog(),
    password: null,
    credentials: await vault.database(signal),
    signal,
  })
  const stop = async (): Promise<void> => {
    await store.close()
    await vault.stop()
  }
  atEnd(stop)
  return { store, vault /** Closes the store, and gives back what was leased. */, stop }
}
