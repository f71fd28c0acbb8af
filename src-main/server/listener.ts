import type { Server as HttpsServer } from 'node:https'
import { BlockList, isIPv6, type AddressInfo } from 'node:net'
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply } from 'fastify'
import { AppError, nothingDone, nothingStarted } from '../../src-shared/errors/app-error.ts'
import { DEFAULT_PORT } from '../config/config.ts'
import type { ServerConfig } from '../config/server-config.ts'
import type { Proxy } from './connections.ts'
import { sendFailure } from './errors.ts'
import type { ServerLimits } from './rate-limits.ts'
import type { TlsPair } from './tls-files.ts'

// What listens at a port, whatever it serves there.

/** Who may stand before a server, as its flags say it. */
export function proxyOf({ trustProxy }: Pick<ServerConfig, 'trustProxy'>): Proxy {
  if (trustProxy === null) return { from: null }
  const from = new BlockList()
  for (const network of trustProxy) {
    const [address = '', bits] = network.split('/')
    const [family, most] = isIPv6(address) ? (['ipv6', 128] as const) : (['ipv4', 32] as const)
    from.addSubnet(address, Number(bits ?? most), family)
  }
  return { from }
}

interface FastifyParts {
  readonly limits: Pick<
    ServerLimits,
    'headersTimeoutMs' | 'requestTimeoutMs' | 'keepAliveMs' | 'checkEveryMs' | 'silenceMs' | 'maxHeaderBytes'
  >
  readonly tls: TlsPair | null
  /** In bytes; routes may take more. */
  readonly bodyLimit: number
  readonly headers: () => Readonly<Record<string, string>>
}

/** What is no request at all is answered by Node's parser and Fastify, in their words. */
export function createFastify({ limits, tls, bodyLimit, headers }: FastifyParts): FastifyInstance {
  const node = {
    requireHostHeader: false, // the guard refuses what has none, with our headers
    maxHeaderSize: limits.maxHeaderBytes,
    headersTimeout: limits.headersTimeoutMs,
    connectionsCheckingInterval: limits.checkEveryMs,
  }
  const options = {
    bodyLimit,
    forceCloseConnections: true,
    logger: false,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveMs,
    connectionTimeout: limits.silenceMs,
    frameworkErrors: ({ statusCode }: FastifyError, _request: unknown, reply: FastifyReply) =>
      sendFailure(
        reply.headers(headers()),
        nothingDone('bad-request', 'No address of this server is of this form.'),
        statusCode,
      ),
  }
  if (tls === null) return fastify({ ...options, http: node })
  const { cert, key } = tls
  const https = { ...node, cert, key, handshakeTimeout: limits.headersTimeoutMs }
  // The same to its routes, whatever carries it.
  return fastify<HttpsServer>({ ...options, https })
}

/** The most connections that wait to be accepted: in a flood a caller's own would be lost by a shorter queue, and come a second later. */
const BACKLOG = 4_096

interface ListenAddress {
  readonly host: string
  readonly port: number
  /** What is then not done, and by which flags it is said where. */
  readonly consequence: string
  readonly flags: { readonly host: string; readonly port: string }
}

/** Begins to listen, and gives the port: any free one is known by then. Throws `port-in-use`, or `usage` where the address is not one of this machine's. */
export async function listen(server: FastifyInstance, place: ListenAddress): Promise<number> {
  const { host, port, flags } = place
  try {
    await server.listen({ host: host.replace(/^\[|\]$/g, ''), port, backlog: BACKLOG })
    return (server.server.address() as AddressInfo).port
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'EADDRINUSE' || code === 'EACCES') throw portTaken(place, code, cause)
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'EINVAL') {
      throw nothingStarted(
        'usage',
        `${host} is no address of this machine (${code}).`,
        `Leave ${flags.host} out for this machine alone, or give an address that it has.`,
        cause,
      )
    }
    throw cause
  }
}

function portTaken({ port, consequence, flags }: ListenAddress, code: string, cause: unknown): AppError {
  const why = code === 'EACCES' ? 'may not be opened by this account' : 'is used by another program'
  const other = port < 65_535 ? Math.max(port + 1, DEFAULT_PORT) : DEFAULT_PORT
  return new AppError('port-in-use', `Port ${port} ${why}.`, {
    consequence,
    hint: `End that program, or choose another port with ${flags.port} ${other}.`,
    cause,
  })
}
