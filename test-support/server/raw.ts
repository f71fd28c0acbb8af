import { connect, type Socket } from 'node:net'

/** What came back over one connection, as bytes of Latin-1. */
export interface RawAnswer {
  /** The status of each answer, in order; none where the connection was just closed. */
  readonly statuses: readonly number[]
  readonly text: string
  header(name: string): string | undefined
}

/** Far more than any answer takes: a test that comes to it has failed. */
const PATIENCE_MS = 15_000

/** Sends bytes as they are, past every client that would mend them, and reads until the server closes. */
export function sendRaw(port: number, bytes: string, localAddress?: string): Promise<RawAnswer> {
  const socket = openRaw(port, localAddress)
  socket.write(bytes, 'latin1')
  return readRaw(socket)
}

export function openRaw(port: number, localAddress?: string): Socket {
  return connect({ port, host: '127.0.0.1', ...(localAddress !== undefined && { localAddress }) })
}

export function readRaw(socket: Socket): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    let text = ''
    const patience = setTimeout(() => {
      socket.destroy()
      reject(new Error(`The server did not close. It sent: ${text}`))
    }, PATIENCE_MS)
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')))
    socket.on('error', () => {}) // a reset is a close, too
    socket.on('close', () => {
      clearTimeout(patience)
      resolve(answerOf(text))
    })
  })
}

function answerOf(text: string): RawAnswer {
  return {
    text,
    statuses: [...text.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status]) => Number(status)),
    header: (name) => new RegExp(`^${name}: (.*)\r?$`, 'im').exec(text.split('\r\n\r\n', 1)[0] ?? '')?.[1],
  }
}

/** A request's head, with what is left out of `headers` as a good client has it. */
export function head(
  first: string,
  { host, ...headers }: Readonly<Record<string, string>> & { readonly host: string },
): string {
  const all = { Host: host, Connection: 'close', ...headers }
  return `${first}\r\n${Object.entries(all)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`
}
