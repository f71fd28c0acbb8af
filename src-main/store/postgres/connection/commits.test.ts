import { Client } from 'pg'
import { describe, expect, onTestFinished, test, vi, type Mock } from 'vitest'
import { machineClock } from '../../../runtime/clock.ts'
import type { CommitKind } from '../../store.ts'
import { testDatabase } from '../../../../test-support/store/database.ts'
import {
  addThing,
  testConnection,
  type TestConnection,
} from '../../../../test-support/store/postgres/connection.ts'
import { channelOf, payloadOf } from './commits.ts'

async function opened() {
  const database = await testDatabase({ empty: true })
  return { database, connection: await testConnection(database.config) }
}

/** What is called from now on, after the first call when the server listens for it. */
async function heardBy(
  connection: TestConnection,
  siteId: string,
  kinds: readonly CommitKind[],
): Promise<Mock<() => void>> {
  const told = vi.fn<() => void>()
  connection.onCommit(siteId, kinds, told)
  await vi.waitFor(() => expect(told).toHaveBeenCalled())
  return told.mockClear()
}

const note = (connection: TestConnection, siteId: string, ...kinds: CommitKind[]): Promise<void> =>
  connection.write(async (tx) => kinds.forEach((kind) => tx.notify(siteId, kind)))

describe('commits are published', () => {
  test('to every instance that listens for what it was at the site, and to nobody else', async () => {
    const { connection, database } = await opened()
    const other = await testConnection(database.config)
    const own = await heardBy(connection, 'site', ['tickets'])
    const others = await heardBy(other, 'site', ['report', 'tickets'])
    const elsewhere = await heardBy(other, 'elsewhere', ['tickets'])
    const ofRuns = vi.fn<() => void>()
    connection.onCommit('site', ['ledger', 'lease run'], ofRuns)
    await addThing(connection, 1)
    await vi.waitFor(() => expect([own, others].map((told) => told.mock.calls.length)).toEqual([1, 1]))
    for (const told of [elsewhere, ofRuns]) expect(told).not.toHaveBeenCalled()
  })

  test('to all sites where all are meant', async () => {
    const { connection } = await opened()
    const told = [await heardBy(connection, 'a', ['tickets']), await heardBy(connection, 'b', ['ledger'])]
    await connection.write(async (tx) => tx.notifyAll())
    await vi.waitFor(() => expect(told.map((one) => one.mock.calls.length)).toEqual([1, 1]))
  })

  test('never of what was rolled back, and no more after the listener has gone', async () => {
    const { connection } = await opened()
    const last = await heardBy(connection, 'site', ['tickets'])
    const told = vi.fn<() => void>()
    const stop = connection.onCommit('site', ['tickets'], told)
    await connection.write(async (tx) => {
      tx.notify('site', 'tickets')
      tx.discard()
    })
    await addThing(connection, 1)
    await vi.waitFor(() => expect(told).toHaveBeenCalledTimes(1))
    stop()
    await addThing(connection, 2)
    await vi.waitFor(() => expect(last).toHaveBeenCalledTimes(2))
    expect(told).toHaveBeenCalledTimes(1)
  })

  test('each site by a channel of its own, a commit by one notice of all its kinds', async () => {
    const { connection, database } = await opened()
    const heard = await eavesdrop(database, ['a', 'b'])
    await note(connection, 'a', 'tickets', 'ledger', 'tickets')
    await note(connection, 'b', 'report')
    await vi.waitFor(() => expect(heard).toHaveLength(2))
    expect(heard.map(({ channel, payload }) => [channel, payload])).toEqual([
      [channelOf('a'), payloadOf({ kinds: ['tickets', 'ledger'], more: false })],
      [channelOf('b'), payloadOf({ kinds: ['report'], more: false })],
    ])
  })

  test('of a stream by at most twenty notices a second, and its last commit by one after it', async () => {
    const { connection, database } = await opened()
    const heard = await eavesdrop(database, ['site'])
    const began = performance.now()
    let commits = 0
    for (; performance.now() - began < 2_500; commits += 1) await note(connection, 'site', 'tickets')
    await note(connection, 'site', 'ledger')
    await vi.waitFor(() => expect(heard.some(({ payload }) => payload.includes('ledger'))).toBe(true))
    expect(heard.length).toBeLessThanOrEqual((20 * (performance.now() - began)) / 1_000)
    expect(commits).toBeGreaterThan(heard.length)
  })

  test('also where their program is killed before it has told of them: by a look of who hears of streams', async () => {
    const { connection, database } = await opened()
    const told = await heardBy(connection, 'site', ['ledger'])
    const notice = payloadOf({ kinds: ['tickets'], more: true })
    await database.query('SELECT pg_notify($1, $2)', [channelOf('site'), notice])
    await vi.waitFor(() => expect(told).toHaveBeenCalledTimes(1), 15_000)
    const silent = payloadOf({ kinds: ['tickets'], more: false })
    await database.query('SELECT pg_notify($1, $2)', [channelOf('site'), silent])
    await machineClock.sleep(5_000, new AbortController().signal)
    expect(told).toHaveBeenCalledTimes(1)
  })

  test('what is not told of yet is, when the connection is closed', async () => {
    const { connection, database } = await opened()
    const heard = await eavesdrop(database, ['site'])
    for (let n = 0; n < 10; n++) await note(connection, 'site', 'tickets')
    await note(connection, 'site', 'ledger')
    await connection.close()
    await vi.waitFor(() => expect(heard.some(({ payload }) => payload.includes('ledger'))).toBe(true))
  })
})

/** All notices of these sites from now on. */
async function eavesdrop({ url }: { url: string }, sites: readonly string[]) {
  const client = new Client({ connectionString: url })
  await client.connect()
  onTestFinished(() => client.end())
  const heard: { channel: string; payload: string }[] = []
  client.on('notification', ({ channel, payload = '' }) => heard.push({ channel, payload }))
  for (const site of sites) await client.query(`LISTEN ${channelOf(site)}`)
  return heard
}
