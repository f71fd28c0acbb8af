import { X509Certificate } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import type { LookupFunction } from 'node:net'
import type { Duplex } from 'node:stream'
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls'
import connect from 'undici/lib/api/api-connect.js'
import Agent from 'undici/lib/dispatcher/agent.js'
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js'
import Pool from 'undici/lib/dispatcher/pool.js'
import ProxyAgent from 'undici/lib/dispatcher/proxy-agent.js'
import { AppError, nothingSent } from '../../../src-shared/errors/app-error.ts'
import { openSocket } from './open-socket.ts'
import { decoded, isLoopback } from '../site-url.ts'

/** How to come to an address from here: connections that are kept, proxies, and whose certificates are believed. */
export type Network = ReturnType<typeof createNetwork>

export interface Way {
  readonly dispatcher: Dispatcher
  /** The proxy it leads through, host and port; null: none. */
  readonly proxy: string | null
}

interface NetworkOptions {
  readonly proxies?: ProxySettings
  readonly caFile?: string | null
  readonly connectMs?: number
  /** How a name is resolved for a connection without a proxy; as the system does where absent. */
  readonly lookup?: LookupFunction
}

// As undici's index does, for its ProxyAgent.
Object.assign(Dispatcher.prototype, { connect })

const PEM_BLOCK = /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[\s\S]+?-----END (?:TRUSTED )?CERTIFICATE-----/g

/** All authorities that systems come with take a quarter of a MiB. */
const MAX_BYTES = 4 * 2 ** 20

const CONNECT_MS = 10_000

const NO_PROXIES: ProxySettings = { httpProxy: null, httpsProxy: null, noProxy: null }

/** Reads nothing and connects to nothing before the first `wayTo`. */
export function createNetwork(options: NetworkOptions = {}) {
  const { proxies = NO_PROXIES, caFile = null, connectMs = CONNECT_MS, lookup } = options
  let trust: SecureContext | undefined
  const ways = new Map<string, Way>()
  const make = (url: URL, proxy: string | null): Way => {
    const isTls = url.protocol === 'https:' || (proxy?.startsWith('https:') ?? false)
    if (isTls) trust ??= createTrust(caFile)
    return createWay(proxy, { timeout: connectMs, ...(trust && { secureContext: trust }) }, lookup)
  }
  return {
    /** Real milliseconds for making a connection. */
    connectMs,
    /** Credentials of proxies, in every form in which they could be echoed. */
    secrets: [proxies.httpProxy, proxies.httpsProxy].flatMap(proxySecrets),
    /** Throws `not-configured` where the CA file or the proxy's address is none. */
    wayTo(url: URL): Way {
      const proxy = proxyFor(url, proxies)
      const name = `${proxy ?? ''} ${url.protocol}`
      const way = ways.get(name) ?? make(url, proxy)
      ways.set(name, way)
      return way
    },
    /**
     * A connection of its own, for what is no request: encrypted for https, through the proxy that leads there. Throws an
     * ExchangeFailure, and as `wayTo`.
     */
    openSocket(url: URL, signal: AbortSignal): Promise<Duplex> {
      const proxy = proxyFor(url, proxies)
      trust ??= createTrust(caFile)
      const via = proxy === null ? null : proxyUrl(proxy)
      return openSocket(url, { proxy: via, secureContext: trust, connectMs, signal })
    },
    /** Ends all connections, those in use too. */
    async close() {
      await Promise.all([...ways.values()].map(({ dispatcher }) => dispatcher.destroy()))
    },
  }
}

function createWay(
  proxy: string | null,
  tls: { readonly timeout: number; readonly secureContext?: SecureContext },
  lookup: LookupFunction | undefined,
): Way {
  // HTTP/1.1: a connection carries one request at a time, so what a break means for it is known.
  if (proxy === null) {
    const dispatcher = new Agent({ allowH2: false, connect: { ...tls, ...(lookup && { lookup }) } })
    return { dispatcher, proxy: null }
  }
  const url = proxyUrl(proxy)
  const dispatcher = new ProxyAgent({
    uri: url.href,
    allowH2: false,
    connectTimeout: tls.timeout,
    proxyTls: { ...tls, allowH2: false },
    requestTls: { ...tls, allowH2: false },
    // The proxy's answer to CONNECT is part of making a connection.
    clientFactory: (origin, opts) => new Pool(origin, { ...opts, headersTimeout: tls.timeout }),
  })
  return { dispatcher, proxy: url.host }
}

/** A proxy's address; without a scheme, as it is often written, it is http. */
function proxyUrl(text: string): URL {
  const url = URL.parse(text.includes('://') ? text : `http://${text}`)
  if (url !== null && /^https?:$/.test(url.protocol)) return url
  throw new AppError('not-configured', 'The proxy’s address is not one.', {
    consequence: 'Nothing was sent.',
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

/** What HTTPS_PROXY, HTTP_PROXY and NO_PROXY say; null where they say nothing. */
export interface ProxySettings {
  readonly httpProxy: string | null
  readonly httpsProxy: string | null
  readonly noProxy: string | null
}

/**
 * The proxy that leads to a URL, null where none does. NO_PROXY is read as curl and undici do: names, with all below
 * them, parted by commas or spaces; `*.name` means only those below; a port may follow; `*` is everything. This machine
 * is never asked for by a proxy.
 */
export function proxyFor(url: URL, { httpProxy, httpsProxy, noProxy }: ProxySettings): string | null {
  const proxy = url.protocol === 'https:' ? httpsProxy : httpProxy
  if (proxy === null || proxy === '' || isLoopback(url.hostname)) return null
  const rules = (noProxy ?? '').split(/[\s,]+/).filter((rule) => rule !== '')
  return rules.some((rule) => matches(rule, url)) ? null : proxy
}

function matches(rule: string, url: URL): boolean {
  if (rule === '*') return true
  const [, bracketed, plain = '', port] = /^(?:\[(.+)\]|([^:]+|.*:.*:.*))(?::(\d+))?$/.exec(rule) ?? []
  if (port !== undefined && port !== portOf(url)) return false
  const name = (bracketed ?? plain).toLowerCase().replace(/\.$/, '')
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (name === '') return false
  if (name.startsWith('*.')) return host.endsWith(name.slice(1))
  const suffix = name.replace(/^\./, '')
  return host === suffix || host.endsWith(`.${suffix}`)
}

function portOf(url: URL): string {
  return url.port || (url.protocol === 'https:' ? '443' : '80')
}

/**
 * Whom we believe a certificate of: Node's own authorities, the system's, and those of a PEM file where one is given.
 * Made once for all connections, since reading hundreds of certificates takes 10 ms. Throws `not-configured` where the
 * file is none of certificates.
 */
export function createTrust(caFile: string | null): SecureContext {
  const ours = caFile === null ? [] : readAuthorities(caFile)
  const ca = new Set([...getCACertificates('default'), ...getCACertificates('system'), ...ours])
  // A company may hand out its intermediate authority alone, or a server's own certificate: naming it is enough.
  return createSecureContext({ ca: [...ca], allowPartialTrustChain: ours.length > 0 })
}

function readAuthorities(caFile: string): string[] {
  const blocks = readCaFile(caFile).match(PEM_BLOCK) ?? []
  if (blocks.length === 0) {
    throw wrongFile(
      caFile,
      'holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)',
      'Save the authority’s certificate as PEM, also called Base64 or .crt, and name that file.',
    )
  }
  for (const [i, block] of blocks.entries()) {
    if (!isCertificate(block))
      throw wrongFile(caFile, `holds a certificate that cannot be read (number ${i + 1})`, 'Save it anew.')
  }
  return blocks
}

function readCaFile(caFile: string): string {
  let problem: string
  try {
    // To open a pipe would hold the whole process until somebody writes into it.
    const stats = statSync(caFile)
    if (stats.isFile() && stats.size <= MAX_BYTES) return readFileSync(caFile, 'utf8')
    problem = stats.isFile() ? `has more than ${MAX_BYTES / 2 ** 20} MiB` : 'is no plain file'
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    problem = code === 'ENOENT' ? 'is not there' : `cannot be read (${code})`
  }
  throw wrongFile(caFile, problem, 'Check the path of the CA file.')
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== undefined
  } catch {
    return false
  }
}

function wrongFile(caFile: string, problem: string, hint: string): AppError {
  return nothingSent('not-configured', `The CA file ${caFile} ${problem}.`, hint)
}
