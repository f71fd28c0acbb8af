import {
  createServer as createHttpServer,
  request,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { pipeline } from 'node:stream'
import { onTestFinished } from 'vitest'
import { CONTRACT_VERSION, VERSION_HEADER } from '../../src-shared/contract/version.ts'
import type { KeyPair } from '../jira/tls.ts'
import type { ServerFixture } from '../server/server.ts'

/** What a front answers in the server's place; false leaves it to that. */
export type Answers = (request: IncomingMessage, response: ServerResponse) => boolean

export function sendJson(response: ServerResponse, status: number, body: unknown): true {
  response
    .writeHead(status, { 'content-type': 'application/json', [VERSION_HEADER]: String(CONTRACT_VERSION) })
    .end(JSON.stringify(body))
  return true
}

/** Says that it serves these versions of the contract, and no other. */
export function sayVersions(contract: readonly number[]): Answers {
  const hello = { program: 'jira-tpm', version: '9.9.9', serverId: 'one', name: 'Team', nowMs: Date.now() }
  const result = { ...hello, contract, leastContract: Math.min(...contract) }
  return (asked, response) => asked.url === '/api/hello' && sendJson(response, 200, { ok: true, result })
}

export interface Front {
  readonly url: string
  readonly port: number
  /** `POST /api/counts.get`, and the token that came with it. */
  readonly asked: { readonly what: string; readonly authorization: string | undefined }[]
  /** Listens no more, and ends each connection; `open` does again. */
  close(): Promise<void>
  open(): Promise<void>
}

/**
 * What stands before a real server in a test, and passes on what it is asked: it can be closed, have a bad certificate, and
 * give answers that no server of ours does.
 */
export async function startFront(
  behind: Pick<ServerFixture, 'port'>,
  { tls, answers = [] }: { tls?: KeyPair; answers?: readonly Answers[] } = {},
): Promise<Front> {
  const asked: Front['asked'] = []
  const sockets = new Set<Socket>()
  const host = `127.0.0.1:${behind.port}`
  const note = ({ method, url, headers }: IncomingMessage): void =>
    void asked.push({ what: `${method} ${url}`, authorization: headers.authorization })
  const answer = (incoming: IncomingMessage, response: ServerResponse): void => {
    note(incoming)
    if (answers.some((each) => each(incoming, response))) return
    const { method, url, headers } = incoming
    const onward = request({
      port: behind.port,
      host: '127.0.0.1',
      method,
      path: url,
      headers: { ...headers, host },
    })
    onward.on('response', (said) => {
      response.writeHead(said.statusCode ?? 500, said.headers)
      // An answer that breaks off breaks off for the caller, too.
      pipeline(said, response, () => {})
    })
    onward.on('error', () => response.destroy())
    incoming.pipe(onward)
  }
  const server = tls === undefined ? createHttpServer(answer) : createHttpsServer(tls, answer)
  const keep = (socket: Socket): void => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
  }
  server.on(tls === undefined ? 'connection' : 'secureConnection', keep)
  server.on('upgrade', (incoming: IncomingMessage, socket: Socket, head: Buffer) => {
    note(incoming)
    const onward = connect(behind.port, '127.0.0.1', () => {
      const headers = Object.entries({ ...incoming.headers, host }).map(
        ([name, value]) => `${name}: ${String(value)}`,
      )
      onward.write([`GET ${incoming.url} HTTP/1.1`, ...headers, '', ''].join('\r\n'))
      onward.write(head)
      onward.pipe(socket).pipe(onward)
    })
    onward.on('error', () => socket.destroy())
    socket.on('close', () => onward.destroy())
  })
  let port = 0
  const open = async (): Promise<void> => {
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    port = (server.address() as AddressInfo).port
  }
  const close = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve))
    for (const socket of sockets) socket.destroy()
    await closed
  }
  await open()
  onTestFinished(close)
  return { url: `${tls === undefined ? 'http' : 'https'}://localhost:${port}`, port, asked, close, open }
}
