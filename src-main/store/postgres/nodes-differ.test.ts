import { pino } from 'pino'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { splitCounts } from '../../../src-shared/domain/split.ts'
import { startOfMinute } from '../../../src-shared/domain/minute.ts'
import { machineClock } from '../../runtime/clock.ts'
import type { TicketsAfter } from '../pages/stored-ticket.ts'
import type { Store } from '../store.ts'
import { hour, LEFT_MS, MINUTE, page, SITE, ticket, WATCHED } from '../../../test-support/store/pages.ts'
import { findPostgres } from '../../../test-support/store/postgres-bin.ts'
import { testConfig } from '../../../test-support/store/postgres-config.ts'
import { queryOnce } from '../../../test-support/store/postgres-query.ts'
import { startPostgres, type TestPostgres } from '../../../test-support/store/postgres.ts'
import { openPostgresStore } from './store.ts'

// Nodes of a cluster are set up by people, each in its own way. What is read must not depend on that.

/** What of a server could colour times, numbers and texts. */
const ODD = {
  TimeZone: 'Asia/Kathmandu',
  DateStyle: 'German, DMY',
  IntervalStyle: 'postgres_verbose',
  bytea_output: 'escape',
  extra_float_digits: -15,
  standard_conforming_strings: 'off',
  array_nulls: 'off',
}
const WORDS = ['a10', 'a9', 'A9', 'ä', 'Z', 'z', 'ch', 'c', 'ø', 'ß', 'ss', 'Ärger', '-a', '_a', ' a', '漢']

let server: TestPostgres
beforeAll(async () => {
  const bin = findPostgres(15)?.bin
  server = await startPostgres(bin === undefined ? {} : { bin })
})
afterAll(() => server.stop())

async function admin(sql: string): Promise<void> {
  await queryOnce(server.url(), sql)
}

async function open(database: string, at: TestPostgres = server): Promise<Store> {
  const { host, port } = at
  const parts = { clock: machineClock, log: pino({ level: 'silent' }), password: null }
  const store = await openPostgresStore(testConfig({ host, port, database }), parts)
  onTestFinished(() => store.close())
  return store
}

async function fillIn(store: Store): Promise<void> {
  const tickets = WORDS.map((word, n) =>
    ticket(word, {
      key: `TPM-${n}`,
      projectKey: word,
      title: `${word} is down`,
      createdMs: startOfMinute(MINUTE + (n % 5)),
      issueType: word,
      components: [word],
      labels: [word, 'all'],
    }),
  )
  await store.applyPage(page(tickets))
  await store.applyPage(page([], { removals: [{ id: 'ä', reason: 'deleted', atMs: LEFT_MS }] }))
  for (const word of WORDS) {
    const state = { from: 'now-6h', to: 'now' }
    await store.saveView(SITE, { name: word, state, revision: word, createdMs: 1_000 }, null)
  }
}

/** All that is shown of it: counts, splits, lists with their order, searches, pages of an export, views. */
async function shown(store: Store): Promise<unknown> {
  const span = { siteId: SITE, ...WATCHED, fromMs: 0, toMs: startOfMinute(MINUTE + 60) }
  const buckets = { fromMinute: MINUTE, toMinute: MINUTE + 60, bucketMinutes: 5 }
  const fields = ['project', 'issueType', 'component', 'label'] as const
  const exported: TicketsAfter = {
    siteId: SITE,
    projectKey: null,
    fromMs: 0,
    toMs: 1e14,
    after: null,
    limit: 4,
  }
  const pages: unknown[] = []
  for (let after: TicketsAfter['after'] = null; ;) {
    const some = await store.ticketsAfter({ ...exported, after })
    const last = some.at(-1)
    if (last === undefined) break
    pages.push(some)
    after = { createdMs: last.createdMs, id: last.id }
  }
  return {
    counts: (await store.counts(hour())).rows,
    wide: (await store.counts(hour({ bucketMinutes: 30 }))).rows,
    splits: await Promise.all(
      fields.map(async (splitBy) => {
        const { cells } = await store.splitCells({
          siteId: SITE,
          ...WATCHED,
          ...buckets,
          filter: {},
          splitBy,
        })
        return splitCounts(buckets, splitBy, cells)
      }),
    ),
    found: await Promise.all(
      ['Ä', 'ä', 'SS', 'ß', 'a9', 'Z IS'].map((search) =>
        store.searchTickets({ ...span, search, limit: 99 }),
      ),
    ),
    counted: await store.countedTickets(SITE, WORDS),
    removed: await store.removedTickets({ siteId: SITE, projectKey: null, fromMs: 0, toMs: 1e14, limit: 9 }),
    pages,
    views: await store.views(SITE),
  }
}

test('databases whose texts are ordered otherwise, with other zones and forms of dates, show the same', async () => {
  await admin(`CREATE DATABASE plain`)
  await admin(
    `CREATE DATABASE odd TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-u-kf-upper-kn' LOCALE 'C'`,
  )
  for (const [name, value] of Object.entries(ODD)) await admin(`ALTER DATABASE odd SET ${name} = '${value}'`)
  const order = `SELECT string_agg(word, ' ' ORDER BY word) AS words FROM unnest($1::text[]) AS word`
  const [plain, odd] = await Promise.all(
    ['plain', 'odd'].map((name) => queryOnce(server.url(name), order, [WORDS])),
  )
  expect(odd).not.toEqual(plain) // or it would show nothing

  const stores = [await open('plain'), await open('odd')] as const
  for (const store of stores) await fillIn(store)
  expect(await shown(stores[1])).toEqual(await shown(stores[0]))
})

test('a standby that is set up otherwise shows what the primary did when it takes its place', async () => {
  await queryOnce(server.url(), 'CREATE DATABASE moved')
  const store = await open('moved')
  await fillIn(store)
  const before = await shown(store)
  await store.close()
  await server.kill()
  const bin = findPostgres(15)?.bin
  const standby = await startPostgres({ ...(bin !== undefined && { bin }), standbyOf: server, settings: ODD })
  onTestFinished(() => standby.stop())
  await queryOnce(standby.url(), 'SELECT pg_promote()')
  expect(await queryOnce(standby.url(), 'SHOW TimeZone')).toEqual([{ TimeZone: ODD.TimeZone }])
  expect(await shown(await open('moved', standby))).toEqual(before)
  await server.restart()
})
