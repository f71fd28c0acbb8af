import { createServer, type AddressInfo } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { PostgresConfig } from '../../../config/config.ts'
import { machineClock, type Clock } from '../../../runtime/clock.ts'
import { testDatabase } from '../../../../test-support/store/database.ts'
import { testConfig } from '../../../../test-support/store/postgres-config.ts'
import { createLink, type ServerLink } from './link.ts'

function testLink(config: PostgresConfig, clock: Clock = machineClock): ServerLink {
  const parts = { config, ssl: false as const, clock, onNotice: () => {}, onBroken: () => {} }
  const link = createLink(parts, { user: 'postgres', password: null })
  onTestFinished(() => link.close(new Error('The test is over')))
  return link
}

/** What a server says that takes no more clients. */
function overfull(): Buffer {
  const fields = ['SFATAL', 'VFATAL', 'C53300', 'Msorry, too many clients already', '']
  const body = Buffer.from(fields.map((field) => `${field}\0`).join(''))
  const head = Buffer.alloc(5)
  head.write('E')
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

test('a server that takes no more clients is asked again after a pause that is not the same for all, for ten seconds', async () => {
  let asked = 0
  let askedInPause = 0
  let isPause = false
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => {
      asked += 1
      if (isPause) askedInPause += 1
      socket.end(overfull())
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const pauses: number[] = []
  const clock = {
    now: () => 0,
    async sleep(ms: number, signal: AbortSignal) {
      signal.throwIfAborted()
      pauses.push(ms)
      isPause = true
      await new Promise((resolve) => setTimeout(resolve, 5))
      isPause = false
    },
  }
  const link = testLink(testConfig({ host: '127.0.0.1', port, database: 'postgres' }), clock)
  await expect(link.lend(async () => 1)).rejects.toThrow(/too many clients/)
  expect(asked).toBe(pauses.length + 1)
  expect(askedInPause).toBe(0)
  expect(pauses.length).toBeGreaterThan(95)
  expect(pauses.length).toBeLessThan(105)
  for (const ms of pauses) {
    expect(ms).toBeGreaterThanOrEqual(50)
    expect(ms).toBeLessThanOrEqual(150)
  }
  expect(new Set(pauses).size).toBeGreaterThan(50)
})

/** Reads that take `seconds` each, and their numbers in the order in which they were done. */
function startReads(
  link: ServerLink,
  count: number,
  seconds: number,
): { done: number[]; all: Promise<unknown> } {
  const done: number[] = []
  const reads = Array.from({ length: count }, (_, n) =>
    link.read(async (send) => {
      await send('SELECT pg_sleep($1)', [seconds])
      done.push(n)
      return (await send('SELECT pg_backend_pid() AS pid')).rows[0] as unknown
    }),
  )
  return { done, all: Promise.all(reads) }
}

test('reads come in the order in which they were asked for, by one connection; a heartbeat comes before the others', async () => {
  const { config } = await testDatabase()
  const link = testLink(config)
  await link.connect()
  const { done, all } = startReads(link, 8, 0.1)
  await vi.waitFor(() => expect(done.length).toBeGreaterThan(0))
  expect(await link.serverState()).toMatchObject({ encoding: 'UTF8', isReadOnly: false })
  expect(done.length).toBeLessThan(4)
  const pids = (await all) as unknown[]
  expect(done).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  expect(new Set(pids.map((row) => JSON.stringify(row))).size).toBe(1)
})

test('a heartbeat is waited for where the server is slow but goes on', async () => {
  const { config } = await testDatabase()
  const link = testLink(config)
  await link.connect()
  const { done, all } = startReads(link, 4, 0.2)
  await vi.waitFor(() => expect(done.length).toBeGreaterThan(0))
  const slow = link.read((send) => send('SELECT pg_sleep(0.2)'))
  expect(await link.serverState()).toMatchObject({ isReadOnly: false })
  await Promise.all([all, slow])
})

test('who waits behind a read that takes too long goes to the pool, and back when that is done; a heartbeat gives up', async () => {
  const { config } = await testDatabase()
  const link = testLink(config)
  await link.connect()
  const own = await link.read(
    async (send) => (await send('SELECT pg_backend_pid() AS pid')).rows[0] as unknown,
  )
  const pid = (): Promise<unknown> =>
    link.read(async (send) => (await send('SELECT pg_backend_pid() AS pid')).rows[0])
  const begun = Promise.withResolvers<void>()
  const slow = link.read((send) => {
    begun.resolve()
    return send('SELECT pg_sleep(4)')
  })
  await begun.promise
  expect(await link.serverState()).toBeNull()
  expect(await pid()).not.toEqual(own)
  await slow
  expect(await pid()).toEqual(own)
})
