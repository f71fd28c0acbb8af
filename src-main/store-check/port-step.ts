import { once } from 'node:events'
import type { Socket } from 'node:net'
import type { PostgresConfig } from '../config/config.ts'
import { serverLabel } from '../config/store-config.ts'
import { NoAnswerError } from '../store/postgres/connection/failure.ts'
import { unreachableReason } from '../store/postgres/connection/connection-errors.ts'
import { failed, fine, type Outcome } from '../runtime/steps.ts'
import { inTime, PATIENCE_MS, type WaitParts } from './in-time.ts'
import { socketFile } from './socket-file.ts'

/** A connection to a PostgreSQL server that has said whether it goes on with TLS, and waits for us to. */
export interface ReachedServer {
  readonly socket: Socket
  readonly offersTls: boolean
}

/** Whether a PostgreSQL server takes connections there. The socket is a new one, and stays the caller's to close. */
export async function checkPort(
  config: Pick<PostgresConfig, 'host' | 'port'>,
  socket: Socket,
  patience: WaitParts,
): Promise<Outcome<ReachedServer>> {
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

const PROBLEMS: Readonly<Record<Exclude<SslAnswer, 'yes' | 'no'>, (place: string) => Problem>> = {
  error: (place) => ({
    message: `The PostgreSQL server at ${place} refuses every connection.`,
    hint: 'Look at its log: it may have no memory or no processes left.',
  }),
  late: (place) => ({
    message: `Something takes connections at ${place}, but says nothing for ${PATIENCE_MS / 1_000} s.`,
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
      message: `${place} does not answer: no connection was made within ${PATIENCE_MS / 1_000} s.`,
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
