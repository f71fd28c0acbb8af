import { DatabaseError } from 'pg'
import { AppError } from '../../../src-shared/errors/app-error.ts'
import { CONNECT_MS } from './client.ts'
import { codeOf, NoAnswerError } from './failure.ts'
import type { ServerNames } from './server-names.ts'

const UNTIL_BACK = 'Nothing can be read or stored until it is back; what was stored before is safe.'
/** A command that makes one call has ended by then. */
const GOES_ON = 'While it is open, Jira TPM goes on by itself as soon as the server answers.'
const ADDRESS = `Check its address and port, and that it runs. ${GOES_ON}`
const NETWORK = `Check the network, and a VPN where one is needed. ${GOES_ON}`
const SERVER = `Look after that server if it goes on. ${GOES_ON}`

/** What the network or the server said, as it continues "PostgreSQL at …", and what to do. */
const REASONS: Readonly<Record<string, readonly [reason: string, hint: string]>> = {
  ECONNREFUSED: ['cannot be reached: nothing answers at that address', ADDRESS],
  ENOTFOUND: ['cannot be reached: its name is not known', ADDRESS],
  ENOENT: ['cannot be reached: there is no such socket', ADDRESS],
  EAI_AGAIN: ['cannot be reached: names cannot be looked up now', NETWORK],
  ETIMEDOUT: ['cannot be reached: nothing comes back from the network', NETWORK],
  EHOSTUNREACH: ['cannot be reached: there is no way to it', NETWORK],
  EHOSTDOWN: ['cannot be reached: there is no way to it', NETWORK],
  ENETUNREACH: ['cannot be reached: there is no network', NETWORK],
  ENETDOWN: ['cannot be reached: there is no network', NETWORK],
  EACCES: ['cannot be reached: this machine does not allow it', NETWORK],
  EPERM: ['cannot be reached: this machine does not allow it', NETWORK],
  '57P01': ['is being shut down, or ended our connection', SERVER],
  '57P02': ['has crashed and is starting again', SERVER],
  '57P03': ['is starting up or shutting down', SERVER],
  '53300': [
    'has no connection left for us: as many clients as it takes are connected',
    'Close other clients, or raise max_connections on that server. While it is open, Jira TPM goes on by itself once one is free.',
  ],
}

/** The AppError for a server without an answer: `store-unavailable`. */
export function unreachableError(error: Error, { where }: ServerNames): AppError {
  const [reason, hint] = unreachableReason(error)
  return new AppError('store-unavailable', `${where} ${reason}. ${UNTIL_BACK}`, {
    hint,
    retryable: true,
    cause: error,
  })
}

/** Why there is no answer, as it continues "PostgreSQL at …", and what to do. */
export function unreachableReason(error: Error): readonly [reason: string, hint: string] {
  if (error instanceof NoAnswerError || error.message === 'Query read timeout')
    return ['has stopped answering', SERVER]
  // Both are what pg makes of a time-out while it connects.
  if (error.message === 'timeout expired') return [`did not answer within ${CONNECT_MS / 1_000} s`, ADDRESS]
  const known = REASONS[codeOf(error)]
  if (known !== undefined) return known
  if (error instanceof DatabaseError && error.code === undefined)
    return ['does not answer as PostgreSQL does', ADDRESS]
  // A pooler in between has codes of this class for whatever it does not like.
  if (error instanceof DatabaseError) return [`ended the connection: ${error.message}`, SERVER]
  return ['broke the connection', SERVER]
}
