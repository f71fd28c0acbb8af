import { isIP } from 'node:net'
import path from 'node:path'
import type { TLSSocket } from 'node:tls'
import type { PostgresConfig } from '../config/config.ts'
import { isLocal } from '../config/postgres-config.ts'
import { serverLabel } from '../config/store-config.ts'
import { withTimeout } from '../runtime/async.ts'
import type { Clock } from '../runtime/clock.ts'
import { failed, fine, warning, type StepOutcome } from '../runtime/steps.ts'
import { StoreClient, tlsOptions } from '../store/postgres/connection/client.ts'
import { denialReason, serverNames, unreachableReason } from '../store/postgres/connection/errors.ts'
import {
  codeOf,
  findingOf,
  fromPg,
  noAnswer,
  NO_TLS,
  ServerFailure,
} from '../store/postgres/connection/failure.ts'
import { HEAR_MS } from '../store/postgres/connection/pooler.ts'

/** How long a server is waited for (real ms). */
const MAX_WAIT_MS = 5_000

/** A certificate that ends soon locks everybody out on that day. */
const SOON_MS = 14 * 86_400_000

export interface WaitParts {
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** Waits for `work`, which goes on unheard where it takes too long. Throws `no-answer`, or the signal's reason. */
export function inTime<T>(work: Promise<T>, { clock, signal }: WaitParts): Promise<T> {
  return withTimeout(work, MAX_WAIT_MS, noAnswer, { clock, signal })
}

/** What one attempt to connect came to, and how far it got. */
export interface Attempt {
  readonly client: StoreClient
  /** Not connected yet. */
  readonly another: () => StoreClient
  /** Why it failed; null: we are in. */
  readonly refusal: Error | null
  /** What the host's name leads to. */
  readonly addresses: readonly string[]
  readonly isConnected: boolean
  /** What came back first. */
  readonly firstBytes: string
  /** Null where no connection was made secret. */
  readonly encrypted: TLSSocket | null
}

/** Connects as the store does, until the signal is aborted. The password of `config` is sent only to a server that asks for it. */
export async function attempt(config: PostgresConfig, patience: WaitParts): Promise<Attempt> {
  const another = (): StoreClient => new StoreClient({ config, ssl: tlsOrAny(config), answerMs: HEAR_MS })
  const client = new StoreClient({ config, ssl: tlsOrAny(config) })
  patience.signal.addEventListener('abort', () => client.cut(), { once: true })
  const socket = client.connection.stream
  const seen = { addresses: [] as string[], isConnected: false, firstBytes: '' }
  let encrypted: TLSSocket | null = null
  socket.on('lookup', (_error, address: string | undefined) => {
    if (address !== undefined) seen.addresses.push(address)
  })
  socket.once('connect', () => (seen.isConnected = true))
  socket.once('data', (bytes: Buffer) => (seen.firstBytes = bytes.toString('latin1')))
  client.connection.once('sslconnect', () => {
    const secure = client.connection.stream as TLSSocket
    secure.once('secureConnect', () => (encrypted = secure))
  })
  const refusal = await inTime(client.connect(), patience).then(
    () => null,
    (error: Error) => (isLate(error) ? new ServerFailure('no-answer') : (fromPg(error) as Error)),
  )
  return { client, another, refusal, ...seen, encrypted }
}

/** Whom a CA file that is none would make us believe is reported by the step of TLS: no password is sent before it. */
function tlsOrAny(config: PostgresConfig): ReturnType<typeof tlsOptions> {
  try {
    return tlsOptions(config)
  } catch {
    return { rejectUnauthorized: false }
  }
}

/** The second is what pg makes of a time-out of its own. */
function isLate(error: Error): boolean {
  return findingOf(error) === 'no-answer' || error.message === 'timeout expired'
}

/** Whether there is such a host at all: its name can be looked up, or its socket is there. */
export function hostOutcome(
  config: Pick<PostgresConfig, 'host' | 'port'>,
  { refusal, addresses }: Attempt,
): StepOutcome<true> {
  const { host } = config
  const code = refusal === null ? '' : codeOf(refusal)
  if (host.startsWith('/')) {
    const file = socketFile(config)
    if (code !== 'ENOENT' && code !== 'ENOTDIR') return fine(`${file} is a socket on this machine.`, true)
    return failed({
      message: `There is no socket ${file}.`,
      hint: 'Start PostgreSQL on this machine, and give the folder of its unix_socket_directories and its port (SHOW unix_socket_directories; SHOW port;).',
    })
  }
  if (isIP(host) !== 0) return fine(`${host} is an address: there is no name to look up.`, true)
  if (addresses.length > 0) return fine(`${host} is ${addresses.join(', ')}.`, true)
  if (code === 'ENOTFOUND') {
    return failed({
      message: `The name ${host} is not known.`,
      hint: 'Check its spelling. A name of a company’s own network is known only there: connect to its VPN.',
    })
  }
  return failed({
    message: `The name ${host} cannot be looked up now (${code === '' ? 'nobody answers' : code}).`,
    hint: 'Check the network, and its name server.',
  })
}

/** Where a server's Unix socket is: https://www.postgresql.org/docs/18/libpq-connect.html#LIBPQ-CONNECT-HOST. */
function socketFile({ host, port }: Pick<PostgresConfig, 'host' | 'port'>): string {
  return path.join(host, `.s.PGSQL.${port}`)
}

/** Whether a PostgreSQL server takes connections there. */
export function portOutcome(
  config: Pick<PostgresConfig, 'host' | 'port' | 'tls'>,
  { refusal, isConnected, firstBytes }: Attempt,
): StepOutcome<true> {
  const { host, port } = config
  const place = host.startsWith('/') ? socketFile(config) : serverLabel(host, port)
  if (!isConnected && refusal !== null) return failed(notReached(refusal, place))
  switch (speaker(firstBytes, config.tls !== 'disable')) {
    case 'PostgreSQL':
      return fine(`A PostgreSQL server answers at ${place}.`, true)
    case 'silence':
      return findingOf(refusal) === 'no-answer'
        ? failed({
            message: `Something takes connections at ${place}, but says nothing for ${MAX_WAIT_MS / 1_000} s.`,
            hint: 'The server may be stalled or overloaded. If it is well, this is not its port.',
          })
        : failed({
            message: `Something takes connections at ${place}, but breaks them without a word.`,
            hint: 'Check the port; PostgreSQL’s own is 5432. If it is right, look at that server’s log.',
          })
    case 'trouble':
      return failed({
        message: `The PostgreSQL server at ${place} refuses every connection.`,
        hint: 'Look at its log: it may have no memory or no processes left.',
      })
    default:
      return failed({
        message: `Something answers at ${place}, but it is no PostgreSQL server.`,
        hint: 'Check the port; PostgreSQL’s own is 5432.',
      })
  }
}

function notReached(error: Error, place: string): { message: string; hint: string } {
  if (findingOf(error) === 'no-answer') {
    return {
      message: `${place} does not answer: no connection was made within ${MAX_WAIT_MS / 1_000} s.`,
      hint: 'A firewall may swallow what is sent: have the port opened for this machine, or connect to the VPN. Check host and port, too.',
    }
  }
  return {
    message: `${place} ${unreachableReason(error)[0]}.`,
    hint:
      codeOf(error) === 'ECONNREFUSED'
        ? "Check that PostgreSQL runs there, its port, and that it listens for other machines (listen_addresses = '*' in postgresql.conf)."
        : 'Check host and port, the network, and a VPN where one is needed.',
  }
}

/**
 * Who speaks so. Asked for TLS, a server answers with one letter, and nothing else does
 * (https://www.postgresql.org/docs/18/protocol-flow.html#PROTOCOL-FLOW-SSL); else with a message, whose length comes after
 * its letter. `trouble`: the oldest form of an error, which it has before it can have another.
 */
function speaker(bytes: string, asksForTls: boolean): 'silence' | 'PostgreSQL' | 'trouble' | 'other' {
  if (bytes === '') return 'silence'
  const length = Buffer.from(bytes.slice(1, 5), 'latin1')
  const isMessage = /^[RENv]/.test(bytes) && length.length === 4 && length.readInt32BE() < 30_000
  if (asksForTls ? /^[SN]$/.test(bytes) : isMessage) return 'PostgreSQL'
  return bytes.startsWith('E') && bytes.endsWith('\0') ? 'trouble' : 'other'
}

/** Whether what is said is secret, and said to the right server, as the configuration wants it. Throws of the CA file. */
export function tlsOutcome(
  config: PostgresConfig,
  { refusal, firstBytes, encrypted }: Attempt,
  nowMs: number,
): StepOutcome<true> {
  if (tlsOptions(config) === false) return plain(config)
  if (encrypted !== null) return trusted(config, encrypted, nowMs)
  if (firstBytes === 'S' && findingOf(refusal) === 'no-answer') {
    return failed({
      message: 'The server offers TLS, but does not go on with it.',
      hint: 'It may be stalled, or something on the way does not let TLS through. Check again in a moment.',
    })
  }
  const error = firstBytes === 'N' || refusal === null ? new Error(NO_TLS) : refusal
  const [reason, hint] = denialReason(error, serverNames(config))
  return failed({ message: `The server ${reason}.`, hint })
}

function plain(config: PostgresConfig): StepOutcome<true> {
  if (isLocal(config)) return fine('No TLS: what is said does not leave this machine.', true)
  return warning(
    {
      message: 'No TLS: whoever is on the way can read the tickets, and change them.',
      hint: 'Choose sslmode=verify-full. Where the server offers no TLS, have it switched on there (ssl = on), unless the network is one that you trust.',
    },
    true,
  )
}

function trusted({ tls, caFile }: PostgresConfig, socket: TLSSocket, nowMs: number): StepOutcome<true> {
  const encrypted = `Encrypted (${socket.getProtocol() ?? 'TLS'})`
  if (tls === 'require') {
    return warning(
      {
        message: `${encrypted}, but to whoever answers: its certificate is not looked at.`,
        hint: 'Choose sslmode=verify-full, and give the CA file where the certificate is your company’s own.',
      },
      true,
    )
  }
  const believed = caFile === null ? 'its certificate is trusted' : `its certificate is trusted by ${caFile}`
  const message = `${encrypted}; ${believed}${tls === 'verify-ca' ? ', whatever name it is made out to' : ''}.`
  const untilMs = Date.parse(socket.getPeerCertificate().valid_to)
  if (untilMs - nowMs > SOON_MS) return fine(message, true)
  const day = new Date(untilMs).toISOString().slice(0, 10)
  return warning(
    {
      message: `${message} It ends on ${day}.`,
      hint: 'Have it renewed before: nobody gets in after that day.',
    },
    true,
  )
}
