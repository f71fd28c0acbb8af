import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { connect as connectPlain, isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls, type SecureContext } from 'node:tls'
import errors from 'undici/lib/core/errors.js'
import { ExchangeFailure } from './exchange.ts'
import { decoded } from '../site-url.ts'

interface SocketOptions {
  /** Null: none. */
  readonly proxy: URL | null
  readonly secureContext: SecureContext
  readonly connectMs: number
  readonly signal: AbortSignal
}

/** Connects to a URL's host: see `Network.openSocket`. Plain for http, and nothing is sent over it. */
export async function openSocket(
  url: URL,
  { proxy, secureContext, connectMs, signal }: SocketOptions,
): Promise<Duplex> {
  const ending = new AbortController()
  const late = setTimeout(() => ending.abort(new errors.ConnectTimeoutError()), connectMs)
  const either = AbortSignal.any([signal, ending.signal])
  try {
    const tunnel = proxy === null ? null : await tunnelTo(url, proxy, secureContext, either)
    return await connectTo(url, tunnel, secureContext, either)
  } catch (error) {
    throw new ExchangeFailure(false, either.aborted ? either.reason : error)
  } finally {
    clearTimeout(late)
  }
}

/** What a proxy lets through to the host of a URL. */
async function tunnelTo(
  url: URL,
  proxy: URL,
  secureContext: SecureContext,
  signal: AbortSignal,
): Promise<Duplex> {
  const authority = `${url.hostname}:${portOf(url)}`
  const { username, password } = proxy
  const user = Buffer.from(`${decoded(username)}:${decoded(password)}`).toString('base64')
  const options = {
    ...hostOf(proxy),
    method: 'CONNECT',
    path: authority,
    agent: false,
    signal,
    headers: { host: authority, ...(username !== '' && { 'proxy-authorization': `Basic ${user}` }) },
  }
  // Node hands it on to tls.connect, which its types do not say.
  const trusting: object = { ...options, secureContext }
  const asked = proxy.protocol === 'https:' ? httpsRequest(trusting) : httpRequest(options)
  asked.end()
  const [{ statusCode }, socket] = (await once(asked, 'connect')) as [IncomingMessage, Duplex]
  if (statusCode === 200) return socket
  socket.destroy()
  throw new Error(`Proxy response (${statusCode}) is no tunnel`) // in undici's words
}

async function connectTo(
  url: URL,
  tunnel: Duplex | null,
  secureContext: SecureContext,
  signal: AbortSignal,
): Promise<Duplex> {
  const { host, port } = hostOf(url)
  const tls = {
    host,
    port,
    secureContext,
    ALPNProtocols: ['http/1.1'],
    ...(isIP(host) === 0 && { servername: host }),
  }
  const isTls = url.protocol === 'https:'
  const socket = !isTls
    ? connectPlain({ host, port })
    : tunnel === null
      ? connectTls(tls)
      : connectTls({ ...tls, socket: tunnel })
  try {
    await once(socket, isTls ? 'secureConnect' : 'connect', { signal })
    return socket
  } catch (error) {
    socket.on('error', () => {}).destroy()
    throw error
  }
}

/** An IPv6 address without its brackets. */
function hostOf(url: URL): { host: string; port: number } {
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: portOf(url) }
}

function portOf({ port, protocol }: URL): number {
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port)
}
