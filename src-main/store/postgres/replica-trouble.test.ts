import { PassThrough } from 'node:stream'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { startOfMinute } from '../../../src-shared/domain/minute.ts'
import type { AsOf } from '../../../src-shared/contract/store.ts'
import { exportTickets } from '../../transfer/export-tickets.ts'
import { freePort } from '../../../test-support/free-port.ts'
import { MINUTE, page, SITE, ticket } from '../../../test-support/store/pages.ts'
import { queryOnce, queryWith } from '../../../test-support/store/postgres-query.ts'
import { startPostgres, type TestPostgres } from '../../../test-support/store/postgres.ts'
import {
  addTicket,
  countHour,
  labelOf,
  makeTables,
  placeOf,
  readNow,
  startReplicated,
  type Place,
  type Replicated,
} from '../../../test-support/store/replicated.ts'

let servers: Replicated
let primary: TestPostgres
let standby: TestPostgres
beforeAll(async () => {
  servers = await startReplicated()
  ;({ primary, standby } = servers)
})
afterAll(() => servers.stop())

/** What three reads say of it, which are as good as any; without its name. */
async function reasonsFor(replica: Place): Promise<unknown[]> {
  const store = await servers.open(replica)
  await addTicket(store)
  const label = `${replica.host}:${replica.port}/${replica.database ?? 'postgres'}`
  const reasonIn = (notice: string | null | undefined): string | undefined =>
    notice?.replace(`The replica ${label} `, '').replace(', so the primary is read in its place.', '')
  const reasons = []
  for (const freshness of ['recent', 'current', 'recent'] as const) {
    const { count: found, asOf } = await readNow(store, freshness)
    expect(found).toBe(await countHour(store))
    expect(asOf).toMatchObject({ behindMs: 0, server: labelOf(primary) })
    reasons.push(reasonIn(asOf?.notice))
  }
  expect(store.log).toHaveLength(1)
  return [...new Set([...reasons, reasonIn(store.log[0])])]
}

async function isLockedThere(): Promise<boolean> {
  const locks = await queryOnce(
    standby.url(),
    `SELECT 1 FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND relation = 'jira_tpm.minute_counts'::regclass`,
  )
  return locks.length > 0
}

async function waitThere(): Promise<number> {
  return (await queryOnce(standby.url(), 'SELECT 1 FROM pg_locks WHERE NOT granted')).length
}

/** Does that while a table of the primary is locked, and the standby may know it. */
async function withLock(table: string, work: () => Promise<void>): Promise<void> {
  await queryWith(primary.url(), async (query) => {
    await query('BEGIN')
    await query(`LOCK TABLE jira_tpm.${table} IN ACCESS EXCLUSIVE MODE`)
    await queryOnce(primary.url(), 'SELECT pg_current_xact_id()') // a commit takes the lock's record along
    await work()
    await query('ROLLBACK')
  })
}

describe('a replica that is none: it is said, once, and the primary is read', () => {
  test('the primary itself', async () => {
    expect(await reasonsFor(placeOf(primary))).toEqual(['is a primary, and no replica of one'])
  })

  test('a server of another database', async () => {
    const stranger = await startPostgres()
    onTestFinished(() => stranger.stop())
    await makeTables(stranger)
    expect(await reasonsFor(placeOf(stranger))).toEqual(['keeps another database than the primary does'])
  })

  test('another database of the same servers', async () => {
    const reasons = await reasonsFor({ ...placeOf(standby), database: 'other' })
    expect(reasons).toEqual(['keeps another database than the primary does'])
  })

  test('one that is not there', async () => {
    const port = await freePort('127.0.0.1')
    const reasons = await reasonsFor({ host: '127.0.0.1', port })
    expect(reasons).toEqual(['cannot be reached: nothing answers at that address'])
  })

  test('one that does not let us in', async () => {
    expect(await reasonsFor({ ...placeOf(standby), user: 'nobody' })).toEqual([
      'does not let the user nobody in (role "nobody" does not exist)',
    ])
  })

  test('one that has not got the newest tables', async () => {
    const store = await servers.open()
    await servers.pause(store)
    await queryOnce(
      primary.url(),
      `INSERT INTO jira_tpm.migrations SELECT 9999, 'x', part, 'x', 1 FROM jira_tpm.migrations LIMIT 1`,
    )
    try {
      const { asOf } = await readNow(store, 'recent')
      expect(asOf?.notice).toContain(
        'does not have the newest tables yet, so the primary is read in its place.',
      )
      expect(asOf?.server).toBe(labelOf(primary))
    } finally {
      await queryOnce(primary.url(), 'DELETE FROM jira_tpm.migrations WHERE number = 9999')
    }
  })
})

test('a plain login may read a replica', async () => {
  await queryOnce(
    primary.url(),
    'CREATE ROLE plain LOGIN; GRANT USAGE ON SCHEMA jira_tpm TO plain; GRANT SELECT ON ALL TABLES IN SCHEMA jira_tpm TO plain',
  )
  const store = await servers.open({ ...placeOf(standby), user: 'plain' })
  await vi.waitFor(
    async () =>
      expect(await queryOnce(standby.url(), `SELECT 1 AS one FROM pg_roles WHERE rolname = 'plain'`)).toEqual(
        [{ one: 1 }],
      ),
    30_000,
  )
  expect((await readNow(store, 'current')).asOf).toMatchObject({ server: labelOf(standby), notice: null })
})

test('a read that the replica gives up for what its primary did is done by the primary', async () => {
  const store = await servers.open()
  await addTicket(store)
  await servers.untilThere(store)

  const found = Promise.withResolvers<Awaited<ReturnType<typeof readNow>>>()
  await withLock('minute_counts', async () => {
    await vi.waitFor(async () => expect(await isLockedThere()).toBe(true), 30_000)
    // Its first statement has read what is locked next, its second waits.
    readNow(store, 'recent').then(found.resolve, found.reject)
    await vi.waitFor(async () => expect(await waitThere()).toBe(1), 8_000)
    await withLock('site_seq', async () => {
      await vi.waitFor(async () => expect(await waitThere()).toBe(0), 8_000)
    })
  })
  const { asOf, count: counted } = await found.promise
  expect(counted).toBe(await countHour(store))
  expect(asOf?.notice).toContain('gave up the read, since the primary changed what it read')
  expect(store.log).toEqual([]) // the next read is its again
  await servers.untilThere(store)
})

test('a replica that is killed in the middle of an export is left, and the export is whole', async () => {
  const store = await servers.open()
  const ids = Array.from({ length: 3_500 }, (_, n) => `x${n}`)
  const createdMs = startOfMinute(MINUTE + 600)
  await store.applyPage(page(ids.map((id) => ticket(id, { createdMs }))))
  await servers.untilThere(store)
  let asOf: AsOf | undefined
  let killed: Promise<void> | null = null
  const stream = new PassThrough({ highWaterMark: 1 })
  let text = ''
  const reading = (async (): Promise<void> => {
    for await (const chunk of stream) {
      text += String(chunk)
      // Nothing more is read before it is dead.
      await (killed ??= standby.kill())
    }
  })()
  const written = await exportTickets(
    {
      format: 'jsonl',
      target: { stream },
      fromMs: createdMs,
      toMs: null,
      withLeft: false,
      signal: new AbortController().signal,
      onProgress: () => {},
      onAsOf: (found) => void (asOf = found),
    },
    { store, siteId: SITE, projectKey: null },
  )
  stream.end()
  await reading
  expect(written).toBe(ids.length)
  const keys = text
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { key: string }).key)
  expect(keys.toSorted()).toEqual(ids.map((id) => `TPM-${id}`).toSorted())
  expect(asOf).toMatchObject({ server: labelOf(standby) }) // the first page was its
  expect(asOf?.notice).toMatch(/the primary is read in its place/)
  await standby.restart()
  await servers.untilThere(store)
})

test('a replica that goes on with the former primary after a failover is left', async () => {
  await primary.kill()
  const next = await startPostgres({ standbyOf: primary })
  onTestFinished(() => next.stop())
  await primary.restart()
  const others = [{ host: next.host, port: next.port }]
  await queryOnce(next.url(), 'SELECT pg_promote()')
  const store = await servers.open(standby, { others })
  expect(store.health().state).toBe('up')
  await addTicket(store)
  // The former primary goes on, and is soon further than the new one is.
  await queryOnce(primary.url(), 'CREATE TABLE rubbish AS SELECT generate_series(1, 200000)')
  const { count: found, asOf } = await readNow(store, 'recent')
  expect(found).toBe(await countHour(store))
  expect(asOf?.notice).toContain(
    'has not followed the primary over its last failover (timeline 1, and that is 2)',
  )
})
