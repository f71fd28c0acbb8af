import { createServer, type AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { testConfig } from '../../../../test-support/store/postgres-config.ts'
import { fixedCredentials } from './credentials.ts'
import { createPool } from './pool.ts'
import { createSockets } from './client.ts'

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
  const config = testConfig({ host: '127.0.0.1', port, database: 'postgres' })
  const credentials = fixedCredentials({ user: 'postgres', password: null })
  const parts = { config, credentials, ssl: false as const, sockets: createSockets() }
  const pool = createPool(parts, clock, () => {})
  await expect(pool.use(async () => 1)).rejects.toThrow(/too many clients/)
  await pool.end()
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
