import { isIP, isIPv6 } from 'node:net'
import path from 'node:path'
import { nothingStarted } from '../../src-shared/errors/app-error.ts'
import { DEFAULT_PORT } from './config.ts'
import { readSettings, type Environment, type Variables } from './environment.ts'

/** How the dashboard's server is reached. */
export interface ServerConfig {
  /** The address or name to listen at. */
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /** PEM files, whole paths; null: plain HTTP. */
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null
  /** A proxy stands before it, which does TLS and adds each caller's address to X-Forwarded-For. */
  readonly behindProxy: boolean
  /** The networks that this proxy connects from, as CIDR: any other peer is refused. Null: none is. */
  readonly trustProxy: readonly string[] | null
  /** The one address that browsers open it by, as an origin (`https://tpm.example.com`); null: by where it listens. */
  readonly publicUrl: string | null
  /** Whether /metrics is open to programs of this machine that have no token. */
  readonly openMetrics: boolean
  /** Whether who did what is written to stdout, too: for containers. */
  readonly accessLogToStdout: boolean
}

const LOOPBACK = '127.0.0.1'

/** For programs and browsers of this machine alone. */
export const THIS_MACHINE: Omit<ServerConfig, 'port'> = {
  host: LOOPBACK,
  tls: null,
  behindProxy: false,
  trustProxy: null,
  publicUrl: null,
  openMetrics: false,
  accessLogToStdout: false,
}

/** What the command line said. What is absent is asked of the environment. */
export interface ServerFlags {
  readonly host?: string | undefined
  readonly port?: number | undefined
  readonly tlsCert?: string | undefined
  readonly tlsKey?: string | undefined
  readonly behindProxy?: boolean | undefined
  readonly trustProxy?: string | undefined
  readonly publicUrl?: string | undefined
  readonly openMetrics?: boolean | undefined
  readonly accessLogStdout?: boolean | undefined
  readonly envFile?: string | undefined
}

interface ServerSources {
  readonly flags: ServerFlags
  readonly env: Environment
  /** What relative paths mean. */
  readonly cwd: string
}

/**
 * How the server is to be reached: flags over environment over defaults, which are this machine alone. Throws `usage`
 * or `not-configured`, also where it would be open to a network without anything that encrypts.
 */
export function readServerConfig({ flags, env, cwd }: ServerSources): ServerConfig {
  const { variables } = readSettings({ env, cwd, envFile: flags.envFile })
  const trustProxy = trustProxyOf(flags, variables)
  const config: ServerConfig = {
    host: (flags.host ?? variables.JIRA_TPM_HOST ?? LOOPBACK).trim(),
    port: flags.port ?? portOf(variables),
    tls: tlsOf(flags, variables, cwd),
    behindProxy: trustProxy !== null || (flags.behindProxy ?? truthOf(variables, 'JIRA_TPM_BEHIND_PROXY')),
    trustProxy,
    publicUrl: publicUrlOf(flags, variables),
    openMetrics: flags.openMetrics ?? truthOf(variables, 'JIRA_TPM_OPEN_METRICS'),
    accessLogToStdout: flags.accessLogStdout ?? truthOf(variables, 'JIRA_TPM_ACCESS_LOG_STDOUT'),
  }
  refuseOpen(config)
  return config
}

/** Whether a server that listens there can be reached from this machine alone. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$/g, '')
  return name === 'localhost' || name === '::1' || /^127\.\d+\.\d+\.\d+$/.test(name)
}

/** Whether it listens at every address that the machine has. */
export function isWildcard(host: string): boolean {
  return ['', '0.0.0.0', '::', '[::]', '*'].includes(host)
}

function refuseOpen({ host, tls, behindProxy, publicUrl, openMetrics }: ServerConfig): void {
  const isOpen = !isLoopback(host)
  const isPlain = tls === null && !behindProxy
  const rules: readonly (readonly [isBroken: boolean, what: string, hint: string])[] = [
    [
      tls !== null && behindProxy,
      '--behind-proxy or --trust-proxy says that a proxy does TLS, and --tls-cert that this program does.',
      'Give one of the two.',
    ],
    [
      publicUrl?.startsWith('http://') === true && tls !== null,
      `--public-url is ${publicUrl}, but with --tls-cert it is served by https.`,
      '',
    ],
    [
      publicUrl?.startsWith('https://') === true && isPlain,
      `--public-url is ${publicUrl}, but nothing here does TLS.`,
      'Give --tls-cert and --tls-key, or --behind-proxy where a proxy before it does TLS.',
    ],
    [
      behindProxy && publicUrl === null,
      'Behind a proxy nobody can tell by which name browsers open the dashboard, and any other name is refused.',
      SAY_NAME,
    ],
    [
      isOpen && isPlain,
      `${host} can be reached from the network, where tokens and tickets would go unencrypted.`,
      'Give --tls-cert and --tls-key, or --behind-proxy where a proxy before it does TLS. Without --host it serves this machine alone.',
    ],
    [
      isOpen && openMetrics,
      `--open-metrics is for this machine alone, and ${host} can be reached from the network.`,
      'Leave it out: a token of the scope read opens /metrics.',
    ],
    [
      isWildcard(host) && publicUrl === null,
      `With --host ${host} nobody can tell by which name browsers open it, and any other name is refused.`,
      SAY_NAME,
    ],
  ]
  for (const [isBroken, what, hint] of rules) if (isBroken) throw nothingStarted('usage', what, hint)
}

const SAY_NAME = 'Say it: --public-url https://NAME, or JIRA_TPM_PUBLIC_URL.'

function portOf({ JIRA_TPM_PORT: text }: Variables): number {
  if (text === undefined) return DEFAULT_PORT
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text)
  throw nothingStarted('not-configured', `JIRA_TPM_PORT is "${text}", which is no port from 0 to 65535.`)
}

function truthOf(
  variables: Variables,
  name: 'JIRA_TPM_BEHIND_PROXY' | 'JIRA_TPM_OPEN_METRICS' | 'JIRA_TPM_ACCESS_LOG_STDOUT',
): boolean {
  const text = variables[name]?.toLowerCase()
  if (text === undefined || text === 'false' || text === '0') return false
  if (text === 'true' || text === '1') return true
  throw nothingStarted('not-configured', `${name} is "${variables[name]}".`, 'It takes true or false.')
}

function tlsOf(flags: ServerFlags, variables: Variables, cwd: string): ServerConfig['tls'] {
  const cert = flags.tlsCert ?? variables.JIRA_TPM_TLS_CERT_FILE
  const key = flags.tlsKey ?? variables.JIRA_TPM_TLS_KEY_FILE
  if (cert === undefined && key === undefined) return null
  if (cert !== undefined && key !== undefined) {
    return { certFile: path.resolve(cwd, cert), keyFile: path.resolve(cwd, key) }
  }
  const [given, missing] = cert === undefined ? ['key', 'certificate'] : ['certificate', 'key']
  throw nothingStarted(
    'usage',
    `A TLS ${given} is given, but no ${missing}.`,
    'TLS takes both: --tls-cert FILE and --tls-key FILE, or JIRA_TPM_TLS_CERT_FILE and JIRA_TPM_TLS_KEY_FILE.',
  )
}

/** Each of them is taken by `BlockList.addSubnet`; an address alone is a network of one. */
function trustProxyOf(flags: ServerFlags, variables: Variables): ServerConfig['trustProxy'] {
  const text = flags.trustProxy ?? variables.JIRA_TPM_TRUST_PROXY
  if (text === undefined) return null
  const networks = text.split(',').map((one) => one.trim())
  for (const one of networks) {
    const [address = '', bits, more] = one.split('/')
    const most = isIPv6(address) ? 128 : 32
    const isPrefix = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most)
    if (isIP(address) !== 0 && isPrefix && more === undefined) continue
    throw nothingStarted(
      flags.trustProxy === undefined ? 'not-configured' : 'usage',
      `"${one}" is no network that a proxy could connect from.`,
      'Give it as an address or as CIDR: 10.1.2.3, 10.1.0.0/16, fd00::/8; several with commas between them.',
    )
  }
  return networks
}

function publicUrlOf(flags: ServerFlags, variables: Variables): string | null {
  const text = flags.publicUrl ?? variables.JIRA_TPM_PUBLIC_URL
  if (text === undefined) return null
  const url = URL.parse(text)
  const isOrigin =
    url !== null &&
    ['http:', 'https:'].includes(url.protocol) &&
    url.username + url.password + url.search + url.hash === '' &&
    url.pathname === '/'
  if (isOrigin) return url.origin
  throw nothingStarted(
    flags.publicUrl === undefined ? 'not-configured' : 'usage',
    'The public URL is not of the form https://NAME or https://NAME:PORT, with no path.',
    'The dashboard is served from the root of a name of its own.',
  )
}
