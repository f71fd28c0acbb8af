import { isIP, isIPv6 } from 'node:net'
import { nothingStarted } from '../../src-shared/errors/app-error.ts'
import { DEFAULT_PORT } from './config.ts'
import { readSettings, type Environment } from './environment.ts'
import { lookUpIn, wholePath, type LookUp, type FoundSetting } from './look-up.ts'
import type { Flags } from './settings-table.ts'

/** How the dashboard's server is reached. */
export type ServerConfig = ReturnType<typeof readServerConfig>

const LOOPBACK = '127.0.0.1'

/** For programs and browsers of this machine alone. */
export const THIS_MACHINE: Omit<ServerConfig, 'port'> = {
  host: LOOPBACK,
  tls: null,
  behindProxy: false,
  trustProxy: null,
  publicUrl: null,
  hooks: null,
  isEdge: false,
  openMetrics: false,
  accessLogToStdout: false,
}

/**
 * How the server is to be reached: flags over environment over defaults, which are this machine alone. Throws `usage`
 * or `not-configured`, also where it would be open to a network without anything that encrypts. Relative paths are of `cwd`.
 */
export function readServerConfig({ flags, env, cwd }: { flags: Flags; env: Environment; cwd: string }) {
  const { variables } = readSettings({ env, cwd, envFile: flags.envFile })
  const lookUp = lookUpIn({ flags, variables, file: {}, cwd, dataDir: cwd })
  const trustProxy = trustProxyOf(lookUp('trustProxy'))
  const port = portOf(lookUp('port'), DEFAULT_PORT)
  const config = {
    /** The address or name to listen at. */
    host: (lookUp('host')?.value ?? LOOPBACK).trim(),
    /** 0: any free one. */
    port,
    /** Where webhooks are taken; null: nowhere. */
    hooks: hooksOf(lookUp, port),
    /** PEM files, whole paths; null: plain HTTP. */
    tls: tlsOf(lookUp),
    /** A proxy stands before it, which does TLS and adds each caller's address to X-Forwarded-For. */
    behindProxy: trustProxy !== null || truthOf(lookUp('behindProxy')),
    /** The networks that this proxy connects from, as CIDR: any other peer is refused. Null: none is. */
    trustProxy,
    /** The one address that browsers open it by, as an origin (`https://tpm.example.com`); null: by where it listens. */
    publicUrl: publicUrlOf(lookUp('publicUrl')),
    /** Whether it only shows what is in the store: it never fetches, makes no tickets, and asks no Jira. */
    isEdge: truthOf(lookUp('edge')),
    /** Whether /metrics is open to programs of this machine that have no token. */
    openMetrics: truthOf(lookUp('openMetrics')),
    /** Whether who did what is written to stdout, too: for containers. */
    accessLogToStdout: truthOf(lookUp('accessLogStdout')),
  } as const
  refuseOpen(config)
  return config
}

/**
 * Where a server of this environment takes webhooks: `publicUrl` as `readServerConfig` has it, and on this machine the port,
 * whether or not it takes any. Throws where these are none.
 */
export function readHooksAddress({
  env,
  cwd,
  envFile,
}: {
  env: Environment
  cwd: string
  envFile: string | undefined
}) {
  const { variables } = readSettings({ env, cwd, envFile })
  const lookUp = lookUpIn({ flags: {}, variables, file: {}, cwd, dataDir: cwd })
  const next = portOf(lookUp('port'), DEFAULT_PORT) + 1
  return { publicUrl: publicUrlOf(lookUp('publicUrl')), port: portOf(lookUp('hooksPort'), next) }
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

/** The next port, or any free one. What is said of an address while `--hooks` is not is refused: it would be for nothing. */
function hooksOf(lookUp: LookUp, port: number) {
  const [host, hooksPort] = [lookUp('hooksHost'), lookUp('hooksPort')]
  if (truthOf(lookUp('hooks'))) {
    const next = port === 0 ? 0 : port + 1
    return { host: (host?.value ?? LOOPBACK).trim(), port: portOf(hooksPort, next) }
  }
  const said = host ?? hooksPort
  if (said === undefined) return null
  throw nothingStarted(
    'usage',
    `${said.source} says where webhooks come, but none are taken.`,
    'Add --hooks.',
  )
}

function refuseOpen({ host, tls, behindProxy, publicUrl, openMetrics, hooks }: ServerConfig): void {
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
      hooks !== null && !isLoopback(hooks.host) && isPlain,
      `${hooks?.host} can be reached from the network, where webhooks would come unencrypted.`,
      'Give --tls-cert and --tls-key, or --behind-proxy where a proxy before it does TLS. Without --hooks-host they come by this machine alone, as from a proxy on it.',
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

function portOf(found: FoundSetting<string | number> | undefined, usual: number): number {
  const { value, source } = found ?? { value: usual, source: 'The port above --port' }
  if (/^\d{1,5}$/.test(String(value)) && Number(value) <= 65_535) return Number(value)
  throw nothingStarted('not-configured', `${source} is "${value}", which is no port from 0 to 65535.`)
}

function truthOf(found: FoundSetting<string | boolean> | undefined): boolean {
  const text = String(found?.value ?? false).toLowerCase()
  if (['true', '1', 'false', '0'].includes(text)) return text === 'true' || text === '1'
  throw nothingStarted('not-configured', `${found?.source} is "${found?.value}".`, 'It takes true or false.')
}

function tlsOf(lookUp: LookUp) {
  const [certFile, keyFile] = [wholePath(lookUp('tlsCert')), wholePath(lookUp('tlsKey'))]
  if (certFile === null && keyFile === null) return null
  if (certFile !== null && keyFile !== null) return { certFile, keyFile }
  const [given, missing] = certFile === null ? ['key', 'certificate'] : ['certificate', 'key']
  throw nothingStarted(
    'usage',
    `A TLS ${given} is given, but no ${missing}.`,
    'TLS takes both: --tls-cert FILE and --tls-key FILE, or JIRA_TPM_TLS_CERT_FILE and JIRA_TPM_TLS_KEY_FILE.',
  )
}

/** Each of them is taken by `BlockList.addSubnet`; an address alone is a network of one. */
function trustProxyOf(found: FoundSetting | undefined): readonly string[] | null {
  if (found === undefined) return null
  const networks = found.value.split(',').map((one) => one.trim())
  for (const one of networks) {
    const [address = '', bits, more] = one.split('/')
    const most = isIPv6(address) ? 128 : 32
    const isPrefix = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most)
    if (isIP(address) !== 0 && isPrefix && more === undefined) continue
    throw nothingStarted(
      found.code,
      `"${one}" is no network that a proxy could connect from.`,
      'Give it as an address or as CIDR: 10.1.2.3, 10.1.0.0/16, fd00::/8; several with commas between them.',
    )
  }
  return networks
}

function publicUrlOf(found: FoundSetting | undefined): string | null {
  if (found === undefined) return null
  const url = URL.parse(found.value)
  const isOrigin =
    url !== null &&
    ['http:', 'https:'].includes(url.protocol) &&
    url.username + url.password + url.search + url.hash === '' &&
    url.pathname === '/'
  if (isOrigin) return url.origin
  throw nothingStarted(
    found.code,
    'The public URL is not of the form https://NAME or https://NAME:PORT, with no path.',
    'The dashboard is served from the root of a name of its own.',
  )
}
