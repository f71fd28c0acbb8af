import { once } from 'node:events'
import { pino } from 'pino'
import { expect } from 'vitest'
import { WebSocket } from 'ws'
import type { AccessEvent, AccessFields } from '../../src-main/runtime/access-log.ts'
import { createAccessBook, sourceOf } from '../../src-main/tokens/access-book.ts'
import { createTokens, type Tokens } from '../../src-main/tokens/tokens.ts'
import { atEnd, testFolder } from '../end.ts'
import { promisedMs } from '../promised.ts'
import { createMemoryKeychain } from '../secrets/secrets.ts'
import type { Store } from '../../src-main/store/store.ts'
import type { TestData } from '../store/store.ts'
import { startServer, type ServerFixture } from './server.ts'

const log = pino({ level: 'silent' })
const limits = { failures: { burst: 10_000, perSecond: 10_000 } }

/** A server of a data folder of its own, over a store that others have, too. */
export interface Edge extends Omit<ServerFixture, 'tokens'> {
  readonly tokens: Tokens
  readonly store: Store
  readonly lines: { readonly event: AccessEvent; readonly fields: AccessFields }[]
}

export async function startEdge(
  data: Pick<TestData, 'open'>,
  more: Parameters<typeof startServer>[0] = {},
): Promise<Edge> {
  const dataDir = testFolder()
  const store = await data.open()
  const book = createAccessBook({ source: sourceOf(store), dataDir, log })
  atEnd(async () => book.close())
  const lines: Edge['lines'] = []
  const accessLog = {
    record: (event: AccessEvent, fields: AccessFields) => void lines.push({ event, fields }),
  }
  const tokens = createTokens({ book, log, keychain: createMemoryKeychain(), accessLog })
  const server = await startServer({ tokens, dataDir, limits, accessLog, ...more })
  atEnd(() => server.close())
  return { ...server, tokens, store, lines }
}

export async function statusWith(edge: Edge, token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}` }
  return (await edge.call('/api/counts.outside', { body: '{"fromMs":1,"toMs":2}', headers })).status
}

/** Opens a socket at an edge; resolves when that has ended it. */
export async function listen(
  edge: Edge,
  headers: Record<string, string>,
): Promise<{ closed: Promise<unknown> }> {
  const socket = new WebSocket(`${edge.url.replace('http', 'ws')}/api/events`, { headers })
  const closed = once(socket, 'close')
  await once(socket, 'open')
  return { closed }
}

/** As is promised: within a second. */
export async function within(work: () => Promise<unknown>): Promise<void> {
  const began = performance.now()
  await work()
  expect(performance.now() - began).toBeLessThan(promisedMs(1_000))
}
