import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { stat } from 'node:fs/promises'
import { isIP, type Socket } from 'node:net'
import path from 'node:path'
import { connect, type TLSSocket } from 'node:tls'
import type { PostgresConfig } from '../config/config.ts'
import { isLocalHost } from '../config/postgres-config.ts'
import { serverLabel } from '../config/store-config.ts'
import { failed, fine, warning, type StepOutcome } from '../runtime/steps.ts'
import { tlsOptions } from '../store/postgres/connection/client.ts'
import {
  denialReason,
  serverNames,
  unreachableReason,
} from '../store/postgres/connection/connection-errors.ts'
import { NO_TLS, NoAnswerError } from '../store/postgres/connection/failure.ts'
import { inTime, MAX_WAIT_MS, type WaitParts } from './in-time.ts'

const SILENT = {
  message: 'The server offers TLS, but does not go on with it.',
  hint: 'It may be stalled, or something on the way does not let TLS through. Check again in a moment.',
}

/** A certificate that ends soon locks everybody out on that day. */
const SOON_MS = 14 * 86_400_000

const PROBLEMS: Readonly<Record<Exclude<SslAnswer, 'yes' | 'no'>, (place: string) => Problem>> = {
  error: (place) => ({
    message: `The PostgreSQL server at ${place} refuses every connection.`,
    hint: 'Look at its log: it may have no memory or no processes left.',
  }),
  late: (place) => ({
    message: `Something takes connections at ${place}, but says nothing for ${MAX_WAIT_MS / 1_000} s.`,
    hint: 'The server may be stalled or overloaded. If it is well, this is not its port.',
  }),
  other: (place) => ({
    message: `Something answers at ${place}, but it is no PostgreSQL server.`,
    hint: 'Check the port; PostgreSQL’s own is 5432.',
  }),
}

/**
 * Every PostgreSQL server and pooler answers this with one letter, whether it has TLS or not, and nothing else does:
 * https://www.postgresql.org/docs/18/protocol-flow.html#PROTOCOL-FLOW-SSL.
 */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f])

/** Whether there is such a host at all: its name can be looked up, or its socket is there. */
export async function checkHost(
  config: Pick<PostgresConfig, 'host' | 'port'>,
  patience: WaitParts,
): Promise<StepOutcome<true>> {
  const { host } = config
  if (host.startsWith('/')) return checkSocket(socketFile(config))
  if (isIP(host) !== 0) return fine(`${host} is an address: there is no name to look up.`, true)
  try {
    const found = await inTime(lookup(host, { all: true }), patience)
    return fine(`${host} is ${found.map(({ address }) => address).join(', ')}.`, true)
  } catch (error) {
    const reason = error instanceof NoAnswerError ? 'nobody answers' : (error as NodeJS.ErrnoException).code
    return failed(lookupProblem(host, reason ?? ''))
  }
}

function lookupProblem(host: string, reason: string): { message: string; hint: string } {
  return reason === 'ENOTFOUND'
    ? {
        message: `The name ${host} is not known.`,
        hint: 'Check its spelling. A name of a company’s own network is known only there: connect to its VPN.',
      }
    : {
        message: `The name ${host} cannot be looked up now (${reason}).`,
        hint: 'Check the network, and its name server.',
      }
}

async function checkSocket(file: string): Promise<StepOutcome<true>> {
  try {
    if ((await stat(file)).isSocket()) return fine(`${file} is a socket on this machine.`, true)
    return failed({ message: `${file} is no socket.`, hint: NO_SOCKET })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return code === 'ENOENT' || code === 'ENOTDIR'
      ? failed({ message: `There is no socket ${file}.`, hint: NO_SOCKET })
      : failed({
          message: `The socket ${file} cannot be looked at (${code}).`,
          hint: 'Check who may use its folder.',
        })
  }
}

const NO_SOCKET =
  'Start PostgreSQL on this machine, and give the folder of its unix_socket_directories and its port (SHOW unix_socket_directories; SHOW port;).'

/** Where a server's Unix socket is: https://www.postgresql.org/docs/18/libpq-connect.html#LIBPQ-CONNECT-HOST. */
function socketFile({ host, port }: Pick<PostgresConfig, 'host' | 'port'>): string {
  return path.join(host, `.s.PGSQL.${port}`)
}

/** A connection to a PostgreSQL server that has said whether it goes on with TLS, and waits for us to. */
interface ReachedServer {
  readonly socket: Socket
  readonly offersTls: boolean
}

/** Whether a PostgreSQL server takes connections there. The socket is a new one, and stays the caller's to close. */
export async function checkPort(
  config: Pick<PostgresConfig, 'host' | 'port'>,
  socket: Socket,
  patience: WaitParts,
): Promise<StepOutcome<ReachedServer>> {
  const { host, port } = config
  const place = host.startsWith('/') ? socketFile(config) : serverLabel(host, port)
  socket.on('error', () => {}) // each wait below hears of it; what comes later is of no interest
  try {
    await inTime(connected(socket, config), patience)
  } catch (error) {
    return failed(notReached(error as Error, place))
  }
  const answer = await sslAnswer(socket, patience)
  if (answer === 'yes' || answer === 'no') {
    return fine(`A PostgreSQL server answers at ${place}.`, { socket, offersTls: answer === 'yes' })
  }
  return failed(PROBLEMS[answer](place))
}

async function connected(socket: Socket, config: Pick<PostgresConfig, 'host' | 'port'>): Promise<void> {
  if (config.host.startsWith('/')) socket.connect(socketFile(config))
  else socket.connect(config.port, config.host)
  await once(socket, 'connect')
}

type SslAnswer = 'yes' | 'no' | 'error' | 'other' | 'late'

interface Problem {
  readonly message: string
  readonly hint: string
}

async function sslAnswer(socket: Socket, patience: WaitParts): Promise<SslAnswer> {
  const answer = new Promise<SslAnswer>((resolve) => {
    socket.once('data', (bytes: Buffer) => {
      socket.pause() // what comes next is for TLS
      resolve(meaning(bytes))
    })
    socket.once('end', () => resolve('other'))
    socket.once('close', () => resolve('other'))
  })
  socket.write(SSL_REQUEST)
  try {
    return await inTime(answer, patience)
  } catch (error) {
    if (error instanceof NoAnswerError) return 'late'
    throw error
  }
}

/** Others begin with these letters, too, as SSH does, but go on. */
function meaning(bytes: Buffer): SslAnswer {
  const text = bytes.toString('latin1')
  if (text === 'S') return 'yes'
  if (text === 'N') return 'no'
  return text.startsWith('E') && text.endsWith('\0') ? 'error' : 'other'
}

function notReached(error: Error, place: string): Problem {
  if (error instanceof NoAnswerError) {
    return {
      message: `${place} does not answer: no connection was made within ${MAX_WAIT_MS / 1_000} s.`,
      hint: 'A firewall may swallow what is sent: have the port opened for this machine, or connect to the VPN. Check host and port, too.',
    }
  }
  const isClosed = 'code' in error && error.code === 'ECONNREFUSED'
  return {
    message: `${place} ${unreachableReason(error)[0]}.`,
    hint: isClosed
      ? "Check that PostgreSQL runs there, its port, and that it listens for other machines (listen_addresses = '*' in postgresql.conf)."
      : 'Check host and port, the network, and a VPN where one is needed.',
  }
}

/** Whether what is said is secret, and said to the right server, as the configuration wants it. */
export async function checkTls(
  config: PostgresConfig,
  { socket, offersTls }: ReachedServer,
  patience: WaitParts,
): Promise<StepOutcome<true>> {
  const options = tlsOptions(config)
  if (options === false) return plain(config, offersTls)
  if (!offersTls) return refused(config, new Error(NO_TLS))
  const { host } = config
  const encrypted = connect({ ...options, socket, host, ...(isIP(host) === 0 ? { servername: host } : {}) })
  encrypted.on('error', () => {}) // also what comes after the check, when it is cut
  try {
    await inTime(once(encrypted, 'secureConnect'), patience)
  } catch (error) {
    return error instanceof NoAnswerError ? failed(SILENT) : refused(config, error as Error)
  }
  return trusted(config, encrypted, patience.clock.now())
}

function refused(config: PostgresConfig, error: Error): StepOutcome<never> {
  const [reason, hint] = denialReason(error, serverNames(config))
  return failed({ message: `The server ${reason}.`, hint })
}

function plain({ host }: PostgresConfig, offersTls: boolean): StepOutcome<true> {
  if (isLocalHost(host)) return fine('No TLS: what is said does not leave this machine.', true)
  const message = 'No TLS: whoever is on the way can read the tickets, and change them.'
  const hint = offersTls
    ? 'The server offers TLS: choose sslmode=verify-full.'
    : 'Have TLS switched on at the server (ssl = on), unless the network is one that you trust.'
  return warning({ message, hint }, true)
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
