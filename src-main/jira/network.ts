import type { SecureContext } from 'node:tls'
import { Agent, Pool, ProxyAgent, type Dispatcher } from 'undici'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { proxyFor, type ProxySettings } from './proxy-choice.ts'
import { createTrust } from './trust.ts'

/** How to come to an address from here: connections that are kept, proxies, and whose certificates are believed. */
export interface Network {
  /** Throws `not-configured` where the CA file or the proxy's address is none. */
  wayTo(url: URL): Way
  /** Real milliseconds for making a connection. */
  readonly connectMs: number
  /** Credentials of proxies, in every form in which they could be echoed. */
  readonly secrets: readonly string[]
  /** Ends all connections, those in use too. */
  close(): Promise<void>
}

export interface Way {
  readonly dispatcher: Dispatcher
  /** The proxy it leads through, host and port; null: none. */
  readonly proxy: string | null
}

interface NetworkOptions {
  readonly proxies?: ProxySettings
  readonly caFile?: string | null
  readonly connectMs?: number
}

const CONNECT_MS = 10_000
const NO_PROXIES: ProxySettings = { httpProxy: null, httpsProxy: null, noProxy: null }

/** Reads nothing and connects to nothing before the first `wayTo`. */
export function createNetwork(options: NetworkOptions = {}): Network {
  const { proxies = NO_PROXIES, caFile = null, connectMs = CONNECT_MS } = options
  let trust: SecureContext | undefined
  const ways = new Map<string, Way>()
  const make = (url: URL, proxy: string | null): Way => {
    const isTls = url.protocol === 'https:' || (proxy?.startsWith('https:') ?? false)
    if (isTls) trust ??= createTrust(caFile)
    return createWay(proxy, connectMs, trust)
  }
  return {
    connectMs,
    secrets: [proxies.httpProxy, proxies.httpsProxy].flatMap(proxySecrets),
    wayTo(url) {
      const proxy = proxyFor(url, proxies)
      const name = `${proxy ?? ''} ${url.protocol}`
      const way = ways.get(name) ?? make(url, proxy)
      ways.set(name, way)
      return way
    },
    async close() {
      await Promise.all([...ways.values()].map(({ dispatcher }) => dispatcher.destroy()))
    },
  }
}

function createWay(proxy: string | null, connectMs: number, trust: SecureContext | undefined): Way {
  const tls = { timeout: connectMs, ...(trust === undefined ? {} : { secureContext: trust }) }
  // HTTP/1.1: a connection carries one request at a time, so what a break means for it is known.
  if (proxy === null) return { dispatcher: new Agent({ allowH2: false, connect: tls }), proxy: null }
  const url = proxyUrl(proxy)
  const dispatcher = new ProxyAgent({
    uri: url.href,
    allowH2: false,
    connectTimeout: connectMs,
    proxyTls: { ...tls, allowH2: false },
    requestTls: { ...tls, allowH2: false },
    // The proxy's answer to CONNECT is part of making a connection.
    clientFactory: (origin, opts) => new Pool(origin, { ...opts, headersTimeout: connectMs }),
  })
  return { dispatcher, proxy: url.host }
}

/** A proxy's address; without a scheme, as it is often written, it is http. */
function proxyUrl(text: string): URL {
  const url = URL.parse(text.includes('://') ? text : `http://${text}`)
  if (url !== null && /^https?:$/.test(url.protocol)) return url
  throw new AppError('not-configured', 'The proxy’s address is not one. Nothing was sent.', {
    hint: 'Set HTTPS_PROXY to an address as http://proxy.example.com:3128, or unset it.',
  })
}

function proxySecrets(proxy: string | null): string[] {
  const url = proxy === null ? null : URL.parse(proxy.includes('://') ? proxy : `http://${proxy}`)
  if (url === null || (url.username === '' && url.password === '')) return []
  const user = decoded(url.username)
  const password = decoded(url.password)
  return [url.password, password, Buffer.from(`${user}:${password}`).toString('base64')]
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
