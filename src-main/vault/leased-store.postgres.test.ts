import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { errorText } from '../../src-shared/errors/app-error.ts'
import type { PostgresConfig } from '../config/config.ts'
import type { Store, StoreHealth } from '../store/store.ts'
import { hour, page, SITE, ticket, WATCHED } from '../../test-support/store/pages.ts'
import { queryOnce } from '../../test-support/store/postgres-query.ts'
import type { TestPostgres } from '../../test-support/store/postgres.ts'
import {
  CREATION,
  databasePlace,
  openLeasedStore,
  openVault,
  OWNER,
  roleTerms,
  startTeamPostgres,
  teamDatabase,
  vaultConfig,
  type LeasedStore,
} from '../../test-support/vault/leased-store.ts'
import { startTestVault, type TestVault } from '../../test-support/vault/vault.ts'
import type { DatabaseRoleTerms } from '../../test-support/vault/vault-database.ts'
import type { Vault } from './vault.ts'

let server: TestPostgres
beforeAll(async () => {
  server = await startTeamPostgres()
})
afterAll(() => server.stop())

interface Opened extends LeasedStore {
  readonly own: TestVault
  readonly config: PostgresConfig
}

async function ownVault(terms: DatabaseRoleTerms): Promise<TestVault> {
  const own = await startTestVault({ database: databasePlace(server) })
  own.database.roles.set('tpm', terms)
  return own
}

async function opened(own: TestVault): Promise<Opened> {
  const config = await teamDatabase(server)
  return { ...(await openLeasedStore(config, openVault(vaultConfig(own)))), own, config }
}

/** A writer and readers that go on until they are ended, and what came of all that they asked. */
function startWork(store: Store): {
  end(): Promise<{ asked: number; answered: number; failures: string[]; written: number }>
} {
  const over = new AbortController()
  let [asked, answered, written] = [0, 0, 0]
  const failures: string[] = []
  const ask = async (work: () => Promise<unknown>): Promise<void> => {
    asked += 1
    try {
      await work()
      answered += 1
    } catch (error) {
      failures.push(String(error))
    }
  }
  const write = async (): Promise<void> => {
    const id = String(10_000 + written)
    await ask(() => store.applyPage(page([ticket(id)])))
    written += 1
  }
  const loop = async (work: () => Promise<void>): Promise<void> => {
    while (!over.signal.aborted) {
      await work()
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
  }
  const workers = [
    loop(write),
    loop(() => ask(() => store.counts(hour()))),
    loop(() => ask(() => store.tickets({ siteId: SITE, ...WATCHED, fromMs: 0, toMs: 8e15, limit: 5 }))),
    loop(() => ask(() => store.ticketTotal(SITE, WATCHED))),
  ]
  return {
    async end() {
      over.abort()
      await Promise.all(workers)
      return { asked, answered, failures, written }
    },
  }
}

/** Those of the users that it made whom the server still knows. */
async function rolesLeft({ database }: TestVault): Promise<unknown[]> {
  return queryOnce(server.url(), `SELECT rolname FROM pg_roles WHERE rolname = ANY($1)`, [database.made])
}

/** Waits for the next news of its health for which this holds. */
function untilHealth(store: Store, holds: (health: StoreHealth) => boolean): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const look = (): void => {
    if (holds(store.health())) resolve()
  }
  const stop = store.onHealth(look)
  look()
  return promise.finally(stop)
}

function warning(health: StoreHealth): string | null {
  return health.state === 'up' && health.warning !== undefined ? errorText(health.warning) : null
}

/** As when the server did not take the one that there is. */
async function askForAnother(vault: Vault): Promise<void> {
  const credentials = await vault.database(AbortSignal.timeout(5_000))
  credentials.refused()
}

/** What a person is told. */
function toldOf(health: StoreHealth): string {
  const text = warning(health) ?? failure(health)
  return text === null ? health.state : `${health.state}: ${text}`
}

function failure(health: StoreHealth): string | null {
  return health.state === 'down' ? errorText(health.failure) : null
}

test('a writer and readers go on over three users of the database, and no query is lost', async () => {
  const own = await ownVault(roleTerms(3, { maxTtl: 6 }))
  // The first user is replaced for its max TTL, after a renewal; the second since its token is exchanged for another.
  own.tokens.roleTerms = { ttl: 7, renewable: false }
  const { store, config, stop } = await opened(own)
  const heard = vi.fn<() => void>()
  store.onCommit(SITE, ['tickets'], heard)
  const work = startWork(store)
  await vi.waitFor(
    () => expect(own.requests.filter((request) => /leases\/revoke 204/.test(request))).toHaveLength(2),
    {
      timeout: 15_000,
    },
  )
  const { asked, answered, failures, written } = await work.end()
  expect(failures).toEqual([])
  expect(answered).toBe(asked)
  expect(written).toBeGreaterThan(10)
  expect(own.database.made).toHaveLength(3)
  expect(own.tokens.logins()).toBe(2)
  expect(
    own.requests.filter((request) => /PUT .*leases\/renew 200/.test(request)).length,
  ).toBeGreaterThanOrEqual(2)
  // Nobody was still connected as a user when that was dropped.
  expect(own.database.cut()).toBe(0)
  expect(await rolesLeft(own)).toEqual([{ rolname: own.database.made[2] }])
  expect(store.health()).toEqual({ state: 'up' })
  // What one user made, and every other wrote into, is the owner's, and whole.
  const url = server.url(config.database)
  const owners = `SELECT DISTINCT pg_get_userbyid(relowner)::text AS owner FROM pg_class
    WHERE relnamespace = 'jira_tpm'::regnamespace AND relkind = 'r'`
  expect(await queryOnce(url, owners)).toEqual([{ owner: OWNER }])
  expect(await queryOnce(url, 'SELECT count(*)::int AS n FROM jira_tpm.tickets')).toEqual([{ n: written }])
  // News of commits comes over the connection of the last user.
  heard.mockClear()
  await store.applyPage(page([ticket('1')]))
  await vi.waitFor(() => expect(heard).toHaveBeenCalled())
  await stop()
  expect(await rolesLeft(own)).toEqual([])
})

test('sealed, then away: all goes on while the lease lives, then the store is down, and up by itself', async () => {
  const own = await ownVault(roleTerms(60))
  const { store, vault } = await opened(own)
  const told: string[] = []
  store.onHealth(() => told.push(toldOf(store.health())))
  own.mood = 'sealed'
  await askForAnother(vault)
  await untilHealth(store, (health) => warning(health) !== null)
  expect(warning(store.health())).toMatch(/is sealed: it gives out nothing.*vault operator unseal/s)
  await store.applyPage(page([ticket('1')]))
  own.database.roles.set('tpm', roleTerms(2))
  own.mood = 'well'
  await untilHealth(store, (health) => warning(health) === null)
  expect(own.database.made).toHaveLength(2)

  await own.kill()
  await store.applyPage(page([ticket('2')]))
  await untilHealth(store, ({ state }) => state === 'down')
  // It was told beforehand, and until then nothing was down.
  expect(told).toEqual([
    expect.stringContaining('up: Vault at'),
    'up',
    expect.stringMatching(/^up: Vault at .* cannot be reached: nothing answers/),
    expect.stringMatching(
      /^down: Vault at .* nothing answers.*The database cannot be used without it; what was stored before is safe/,
    ),
  ])
  await expect(store.applyPage(page([ticket('3')]))).rejects.toMatchObject({
    code: 'store-unavailable',
    retryable: true,
  })
  await own.start()
  await untilHealth(store, ({ state }) => state === 'up')
  await store.applyPage(page([ticket('3')]))
  expect(await store.ticketTotal(SITE, WATCHED)).toBe(3)
})

describe('at the start', () => {
  test('Vault is away: the store is down, says so, and is up when Vault is there', async () => {
    const own = await ownVault(roleTerms(60))
    await own.kill()
    const { store } = await opened(own)
    expect(failure(store.health())).toMatch(/Vault at 127.0.0.1:\d+ cannot be reached/)
    await own.start()
    await untilHealth(store, ({ state }) => state === 'up')
    await store.applyPage(page([ticket('1')]))
  })

  test.each<[string, (own: TestVault) => void, RegExp]>([
    [
      'the policy forbids it',
      (own) => (own.tokens.roleTerms = { ttl: 60, policy: { 'secret/data/*': ['read'] } }),
      /forbids to read database\/creds\/tpm/,
    ],
    ['there is no such role', (own) => own.database.roles.clear(), /has nothing at database\/creds\/tpm/],
    [
      'the AppRole is not known',
      (own) => (own.tokens.secretId = 'another'),
      /refuses to log in with its AppRole/,
    ],
  ])('%s: it is refused, as what a person must mend', async (_name, spoil, words) => {
    const own = await ownVault(roleTerms(60))
    const vault = openVault(vaultConfig(own))
    spoil(own)
    const open = vault.database(AbortSignal.timeout(5_000))
    await expect(open).rejects.toMatchObject({
      code: 'not-configured',
      message: expect.stringMatching(words) as string,
    })
  })
})

test('a lease that is revoked before its time: another user takes its place, and the store is back', async () => {
  const own = await ownVault(roleTerms(3_600))
  const { store } = await opened(own)
  const [lease] = own.database.leases()
  await own.database.revoke(lease?.id ?? '')
  await vi.waitFor(async () => {
    await store.applyPage(page([ticket('1')]))
    expect(own.database.made).toHaveLength(2)
  }, 8_000)
  expect(own.database.cut()).toBeGreaterThan(0)
})

test('a new user that the server does not take is not gone over to', async () => {
  const own = await ownVault(roleTerms(60))
  const { store, vault } = await opened(own)
  // As where somebody has taken the membership out of the creation statements.
  own.database.roles.set('tpm', roleTerms(60, { creation: CREATION.replace(/ IN ROLE .*/, '') }))
  await askForAnother(vault)
  await untilHealth(store, (health) => warning(health) !== null)
  expect(warning(store.health())).toMatch(/does not let its user take on the role jira_tpm_owner/)
  await store.applyPage(page([ticket('1')]))
  expect(await rolesLeft(own)).toEqual([{ rolname: own.database.made[0] }])
  own.database.roles.set('tpm', roleTerms(60))
  await untilHealth(store, (health) => warning(health) === null)
  await store.applyPage(page([ticket('2')]))
})

test('a role that is not there is reported', async () => {
  const own = await ownVault(roleTerms(60))
  const config = { ...(await teamDatabase(server)), role: 'nobodys_role' }
  const open = openLeasedStore(config, openVault(vaultConfig(own)))
  await expect(open).rejects.toMatchObject({
    code: 'not-configured',
    message: expect.stringContaining('has no role nobodys_role, which PSQL_ROLE names') as string,
  })
})
