import type { FastifyInstance } from 'fastify'
import { AppError, nothingStarted } from '../../src-shared/errors/app-error.ts'
import { DEFAULT_PORT } from '../config/config.ts'

/** The most connections that wait to be accepted: in a flood a caller's own would be lost by a shorter queue, and come a second later. */
const BACKLOG = 4_096

/** Begins to listen. Throws `port-in-use`, or `usage` where the address is not one of this machine's. */
export async function listen(server: FastifyInstance, host: string, port: number): Promise<void> {
  try {
    await server.listen({ host: host.replace(/^\[|\]$/g, ''), port, backlog: BACKLOG })
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'EADDRINUSE' || code === 'EACCES') throw portTaken(port, code, cause)
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'EINVAL') {
      throw nothingStarted(
        'usage',
        `${host} is no address of this machine (${code}).`,
        'Leave --host out for this machine alone, or give an address that it has.',
        cause,
      )
    }
    throw cause
  }
}

function portTaken(port: number, code: string, cause: unknown): AppError {
  const why = code === 'EACCES' ? 'may not be opened by this account' : 'is used by another program'
  const other = port < 65_535 ? Math.max(port + 1, DEFAULT_PORT) : DEFAULT_PORT
  return new AppError('port-in-use', `Port ${port} ${why}.`, {
    consequence: 'The dashboard is not served; nothing else changed.',
    hint: `End that program, or choose another port with --port ${other}.`,
    cause,
  })
}
