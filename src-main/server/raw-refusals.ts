import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { failure } from './errors.ts'

type Headers = () => Readonly<Record<string, string>>

const NOTHING = 'Nothing was done.'

/** What Node's parser says of bytes that are no request. */
const STATUS_OF: Readonly<Record<string, readonly [number, string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'The head of the request is larger than this server reads.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'The extensions of a chunk are larger than this server reads.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request did not come whole in time.'],
}

/** Answers what never becomes a request: our headers and our words there, too. For Fastify's `clientErrorHandler`. */
export function refuseBytes(headers: Headers): (error: NodeJS.ErrnoException, socket: Duplex) => void {
  return (error, socket) => {
    const [status, sentence] = STATUS_OF[error.code ?? ''] ?? [400, 'This is not a request that can be read.']
    refuseRaw(socket, status, sentence, headers())
  }
}

/** CONNECT and unknown expectations do not reach the routes. */
export function refuseOddRequests(server: Server, headers: Headers): void {
  server.on('connect', (_request: IncomingMessage, socket: Duplex) => {
    socket.on('error', () => socket.destroy())
    refuseRaw(socket, 405, 'This server is no proxy.', headers())
  })
  server.on('checkExpectation', (_request, response) => {
    const body = bodyOf('This server meets no such expectation.')
    response.writeHead(417, { ...headers(), ...JSON_BODY, 'content-length': Buffer.byteLength(body) })
    response.end(body)
  })
}

const JSON_BODY = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' }

function bodyOf(sentence: string): string {
  return JSON.stringify(failure(new AppError('bad-request', `${sentence} ${NOTHING}`)))
}

/** The answer that is under way on a connection, as Node's own default asks for it. */
const ANSWER_UNDER_WAY = '_httpMessage'

function refuseRaw(
  socket: Duplex & { readonly [ANSWER_UNDER_WAY]?: { readonly headersSent: boolean } | null },
  status: number,
  sentence: string,
  headers: Readonly<Record<string, string>>,
): void {
  // An answer that is under way would be spoilt; the caller sees it cut.
  if (!socket.writable || socket[ANSWER_UNDER_WAY]?.headersSent === true) {
    socket.destroy()
    return
  }
  const body = bodyOf(sentence)
  const all = { ...headers, ...JSON_BODY, 'content-length': Buffer.byteLength(body), connection: 'close' }
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head.join('\r\n')}\r\n\r\n${body}`)
  socket.destroy()
}
