import { DatabaseError } from 'pg'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { PostgresConfig } from '../config/config.ts'
import { quoted } from '../store/postgres/connection/client.ts'
import {
  denialReason,
  serverNames,
  unreachableReason,
} from '../store/postgres/connection/connection-errors.ts'
import {
  codeOf,
  fromPg,
  kindOf,
  NoPasswordError,
  ConnectionError,
} from '../store/postgres/connection/failure.ts'
import { NOTHING } from './unreadable.ts'

const NO_RIGHT = '42501'

/** What kept the first program's table from being read, as the person should hear it; a fault of ours as it is. */
export function tableError(error: unknown, config: PostgresConfig): unknown {
  const failure = fromPg(error)
  if (failure instanceof AppError || !(failure instanceof Error)) return failure
  const names = serverNames(config)
  const nothing = (code: 'not-configured' | 'store-unavailable', reason: string, hint: string): AppError =>
    new AppError(code, `${names.where} ${reason}. ${NOTHING}`, { hint, cause: failure })
  switch (kindOf(failure)) {
    case 'denied':
      return codeOf(failure) === NO_RIGHT
        ? nothing('not-configured', `does not let us read (${failure.message})`, grant(config))
        : nothing('not-configured', ...denialReason(failure, names))
    case 'unreachable':
      return nothing('store-unavailable', unreachableReason(failure)[0], 'Look after it, then import again.')
    default:
      return failure instanceof DatabaseError
        ? nothing('store-unavailable', `could not do this: ${failure.message} (${codeOf(failure)})`, '')
        : failure
  }
}

/** Whether the server wanted a password, and there was none. */
export function wantsPassword(error: unknown): boolean {
  const cause = error instanceof AppError ? error.cause : error
  return cause instanceof ConnectionError && cause.cause instanceof NoPasswordError
}

function grant({ user, database }: PostgresConfig): string {
  return `Have it allowed: GRANT CONNECT ON DATABASE ${quoted(database)}, USAGE ON the table’s schema and SELECT ON the table, to ${quoted(user)}.`
}
