import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { queryOnce } from '../../../test-support/store/postgres-query.ts'
import type { TestPostgres } from '../../../test-support/store/postgres.ts'
import {
  addTicket,
  countHour,
  labelOf,
  readNow,
  startReplicated,
  type Replicated,
} from '../../../test-support/store/replicated.ts'
import { longReads } from '../long-reads.ts'

let servers: Replicated
let primary: TestPostgres
let standby: TestPostgres
beforeAll(async () => {
  servers = await startReplicated()
  ;({ primary, standby } = servers)
})
afterAll(() => servers.stop())

test('what was committed is in each read that follows, from the replica, and as of now', async () => {
  const store = await servers.open()
  for (let n = 0; n < 30; n += 1) {
    await addTicket(store)
    const beforeMs = Date.now()
    const { count: found, asOf } = await readNow(store, 'current')
    expect(found).toBe(await countHour(store))
    expect(asOf).toMatchObject({ behindMs: 0, server: labelOf(standby), notice: null })
    expect(asOf?.atMs).toBeGreaterThanOrEqual(beforeMs)
  }
  expect(store.log).toEqual([])
})

test('of a replica that lags a recent read says of when it is, and a current one is of the primary', async () => {
  const store = await servers.open()
  await servers.pause(store)
  const before = await countHour(store)
  await addTicket(store)
  const committedMs = Date.now()

  const { count: recent, asOf } = await readNow(store, 'recent')
  expect(recent).toBe(before)
  expect(asOf).toMatchObject({ server: labelOf(standby), notice: null })
  expect(asOf?.behindMs).toBeGreaterThan(0)
  expect(asOf?.behindMs).toBeLessThan(60_000)
  expect(asOf?.atMs).toBeLessThanOrEqual(committedMs)

  const current = await readNow(store, 'current')
  expect(current.count).toBe(before + 1)
  expect(current.asOf).toMatchObject({ behindMs: 0, server: labelOf(primary) })
  expect(current.asOf?.notice).toMatch(
    /^The replica \S+ is \d+ s behind the primary, and nothing may be missing here, so the primary is read/,
  )
  expect(store.log).toEqual([]) // it is used all the same
  await servers.resume()
  await servers.untilThere(store)
  expect((await readNow(store, 'recent')).count).toBe(before + 1)
})

test('an answer shows nothing older in its second read than in its first', async () => {
  const store = await servers.open()
  await servers.pause(store)
  const { reads, asOf } = longReads(store, 'recent')
  const first = await countHour(reads)
  await addTicket(store)
  await servers.resume()
  await servers.untilThere(store)
  expect(await countHour(reads)).toBe(first + 1)
  expect(asOf()).toMatchObject({ server: labelOf(standby), notice: null })
})

test('how far behind it is cannot be said: the primary is read, once it is told, and the replica again when it has caught up', async () => {
  const store = await servers.open()
  // No commit is played back when it starts again.
  await queryOnce(primary.url(), 'CHECKPOINT')
  await servers.untilThere(store)
  await standby.restart({ recovery_min_apply_delay: '1h' })
  onTestFinished(() => standby.restart({ recovery_min_apply_delay: '0' }))
  await addTicket(store)
  for (let n = 0; n < 3; n += 1) {
    const { count: found, asOf } = await readNow(store, 'recent')
    expect(found).toBe(await countHour(store))
    expect(asOf).toMatchObject({ behindMs: 0, server: labelOf(primary) })
    expect(asOf?.notice).toMatch(/is behind the primary, nobody knows how far, so the primary is read in its/)
  }
  expect(store.log).toHaveLength(1)
  await standby.restart({ recovery_min_apply_delay: '0' })
  await servers.untilThere(store)
  expect(store.log.at(-1)).toBe('the replica is read again')
})

test.runIf(process.env['JIRA_TPM_LONG'])('a replica that is more than a minute behind is left', async () => {
  const store = await servers.open()
  await servers.pause(store)
  await addTicket(store)
  expect((await readNow(store, 'recent')).asOf?.server).toBe(labelOf(standby))
  await new Promise((resolve) => setTimeout(resolve, 62_000))
  const { asOf } = await readNow(store, 'recent')
  expect(asOf?.server).toBe(labelOf(primary))
  expect(asOf?.notice).toMatch(/is 6\d s behind the primary, so the primary is read in its place/)
})
