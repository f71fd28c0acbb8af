import { writeFile } from 'node:fs/promises'
import { createServer as createHttpServer, type IncomingMessage } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { connect, type AddressInfo, type Server } from 'node:net'
import path from 'node:path'
import { generate } from 'selfsigned'
import { onTestFinished } from 'vitest'
import { testFolder } from '../end.ts'

export interface KeyPair {
  readonly key: string
  readonly cert: string
}

interface CertificateWishes {
  /** Host names that it is made out to. */
  readonly names?: readonly string[]
  readonly issuer?: KeyPair
  readonly isAuthority?: boolean
  readonly notBefore?: Date
  readonly notAfter?: Date
}

/** A certificate of its own, signed by itself where it has no issuer. */
export async function makeCertificate(wishes: CertificateWishes = {}): Promise<KeyPair> {
  const { names = ['localhost'], issuer, isAuthority = false, notBefore, notAfter } = wishes
  const made = await generate([{ name: 'commonName', value: names[0] ?? '' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: isAuthority, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: isAuthority },
      { name: 'subjectAltName', altNames: names.map((value) => ({ type: 2, value })) },
    ],
    ...(issuer === undefined ? {} : { ca: issuer }),
    ...(notBefore === undefined ? {} : { notBeforeDate: notBefore }),
    ...(notAfter === undefined ? {} : { notAfterDate: notAfter }),
  })
  return { key: made.private, cert: made.cert }
}

/** A file that is gone when the test ends. */
export async function writeTestFile(name: string, content: string): Promise<string> {
  const folder = testFolder()
  const file = path.join(folder, name)
  await writeFile(file, content)
  return file
}

export interface TlsServer {
  readonly port: number
  readonly url: string
  /** The `Authorization` of each request that arrived. */
  readonly authorizations: readonly (string | undefined)[]
}

/** A server that shows a certificate and answers `{}` to everybody. */
export async function startTlsServer({ key, cert }: KeyPair): Promise<TlsServer> {
  const authorizations: (string | undefined)[] = []
  const server = createHttpsServer({ key, cert }, (request, response) => {
    authorizations.push(request.headers.authorization)
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
  const port = await listen(server)
  onTestFinished(() => server.closeAllConnections())
  return { port, url: `https://localhost:${port}`, authorizations }
}

interface Proxy {
  readonly url: string
  /** What was asked of it: `CONNECT host:port`, or a method and a whole URL. */
  readonly asked: readonly string[]
  readonly authorizations: readonly (string | undefined)[]
  /** Lets through what it had held back. */
  release(): void
}

/** What a proxy does with a request to connect: lets it through, holds it until `release`, or says a status. */
type ProxyMood = 'lets-through' | 'holds' | 403 | 407

/** A real CONNECT proxy, which knows one way: all hosts are at this port of this machine. */
export async function startProxy(port: number, mood: ProxyMood = 'lets-through'): Promise<Proxy> {
  const asked: string[] = []
  const authorizations: (string | undefined)[] = []
  const held: (() => void)[] = []
  const server = createHttpServer()
  server.on('connect', (request: IncomingMessage, socket) => {
    asked.push(`CONNECT ${request.url}`)
    authorizations.push(request.headers['proxy-authorization'])
    socket.on('error', () => {})
    onTestFinished(() => void socket.destroy())
    if (typeof mood === 'number') {
      socket.end(`HTTP/1.1 ${mood} No\r\n\r\n`)
      return
    }
    const letThrough = (): void => {
      const onward = connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
        socket.pipe(onward).pipe(socket)
      })
      onward.on('error', () => socket.destroy())
      socket.on('close', () => onward.destroy())
    }
    if (mood === 'holds') held.push(letThrough)
    else letThrough()
  })
  return {
    url: `http://127.0.0.1:${await listen(server)}`,
    asked,
    authorizations,
    release: () => {
      for (const letThrough of held) letThrough()
    },
  }
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}
