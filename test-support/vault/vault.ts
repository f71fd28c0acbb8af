import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { atEnd } from '../end.ts'
import {
  createTestDatabaseEngine,
  type TestDatabaseEngine,
  type TestDatabasePlace,
} from './vault-database.ts'
import { createTestKv, type TestKv } from './vault-kv.ts'
import { answerTo, type VaultState } from './vault-routes.ts'
import { createTestTokens, type TestTokens } from './vault-tokens.ts'

export interface TestVaultOptions {
  /** Where the database engine makes users. Absent: there is no such engine. */
  readonly database?: TestDatabasePlace
  /** PEM texts; absent: plain HTTP. */
  readonly tls?: { readonly cert: string; readonly key: string }
  readonly namespace?: string
}

/** What it is like now. `standby`: sends on to that address. `silent`: takes requests, and never answers. */
export type TestVaultMood =
  | 'well'
  | 'sealed'
  | 'silent'
  | 'html'
  | 'cut'
  | 'huge'
  | { readonly standby: string }
  | { readonly status: number; readonly errors: readonly string[] }

/** A server of our own that follows Vault's documented HTTP API as far as we use it. It is no Vault. */
export interface TestVault extends VaultState {
  readonly address: string
  readonly tokens: TestTokens
  readonly kv: TestKv
  readonly database: TestDatabaseEngine
  /** `GET /v1/… 200`, oldest first. */
  readonly requests: string[]
  mood: TestVaultMood
  /** Ends the server and cuts its connections; what it knows stays. */
  kill(): Promise<void>
  /** Starts it again at the same address. */
  start(): Promise<void>
}

/** Starts one that ends with the test, and takes back what it has given out. */
export async function startTestVault(options: TestVaultOptions = {}): Promise<TestVault> {
  const database = createTestDatabaseEngine(options.database ?? null)
  const state: VaultState & { mood: TestVaultMood } = {
    tokens: createTestTokens((token) => database.revokeOf(token)),
    kv: createTestKv(),
    database,
    namespace: options.namespace ?? null,
    mood: 'well',
  }
  const requests: string[] = []
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    void serve(state, request, response).then((status) =>
      requests.push(`${request.method} ${request.url} ${status}`),
    )
  }
  let server: Server = await listen(options, listener, 0)
  const { port } = server.address() as AddressInfo
  const kill = async (): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>()
    server.close(() => resolve())
    server.closeAllConnections()
    await promise
  }
  atEnd(async () => {
    state.tokens.stop()
    await database.stop()
    await kill()
  })
  return Object.assign(state, {
    address: `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    requests,
    kill,
    async start() {
      server = await listen(options, listener, port)
    },
  })
}

async function listen(
  { tls }: TestVaultOptions,
  listener: (request: IncomingMessage, response: ServerResponse) => void,
  port: number,
): Promise<Server> {
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener)
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject).listen(port, '127.0.0.1', () => resolve())
  await promise
  return server
}

/** Gives the status that it answered with; 0 where it did not. */
async function serve(
  state: VaultState & { mood: TestVaultMood },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<number> {
  const { mood } = state
  const body = await read(request)
  const path = (request.url ?? '').replace(/^\/v1\//, '')
  const isOpen = path === 'sys/seal-status' || path === 'sys/health'
  const send = (status: number, content: unknown): number => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(content === undefined ? '' : JSON.stringify(content))
    return status
  }
  if (mood === 'silent') return 0
  if (mood === 'html') return sendText(response, '<html>Please log in</html>')
  if (mood === 'huge') return sendText(response, JSON.stringify({ filler: 'x'.repeat(2 ** 21) }))
  if (mood === 'cut') {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' })
    response.write('{"data":')
    response.destroy()
    return 0
  }
  if (typeof mood === 'object' && !isOpen) {
    if ('status' in mood) return send(mood.status, { errors: mood.errors })
    response.writeHead(307, { location: `${mood.standby}${request.url}` })
    response.end()
    return 307
  }
  if (mood === 'sealed' && !isOpen) return send(503, { errors: ['Vault is sealed'] })
  const asked = {
    method: request.method ?? '',
    path,
    body,
    token: String(request.headers['x-vault-token'] ?? ''),
    namespace: String(request.headers['x-vault-namespace'] ?? ''),
  }
  const { status, content } = await answerTo(state, asked, mood === 'sealed')
  return send(status, content === undefined ? undefined : { request_id: randomUUID(), ...content })
}

function sendText(response: ServerResponse, text: string): number {
  response.writeHead(200, { 'content-type': 'text/html' })
  response.end(text)
  return 200
}

async function read(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
}
