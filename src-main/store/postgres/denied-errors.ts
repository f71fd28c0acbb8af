import { AppError } from '../../../src-shared/errors/app-error.ts'
import { certificateProblem } from '../../jira/connection-error.ts'
import { codeOf, ConnectionError, NO_TLS, NoPasswordError, UnfitServerError } from './failure.ts'
import { NOTHING_DONE, type ServerNames } from './server-names.ts'

/** The AppError for a server that does not let us in as we come, or that we do not believe: `not-configured`. */
export function deniedError(error: Error, server: ServerNames): AppError {
  const [reason, hint] = denialReason(error, server)
  return new AppError('not-configured', `${server.where} ${reason}. ${NOTHING_DONE}`, { hint, cause: error })
}

type Reason = readonly [reason: string, hint: string]

/** Why it does not, as it continues "PostgreSQL at …", and what to do. */
export function denialReason(error: Error, { user, database, isLeased }: ServerNames): Reason {
  if (causeOf(error) instanceof NoPasswordError)
    return [
      `wants a password for the user ${user}, and none is set`,
      'Set it in the settings, with jira-tpm use-store, or by PSQL_PW or DATABASE_URL.',
    ]
  if (error instanceof UnfitServerError) return [error.message, error.hint]
  switch (codeOf(error)) {
    case '28P01':
      return [
        `does not take this password for the user ${user}`,
        isLeased
          ? 'Vault gave both: check that its database connection leads to this very server. Others are asked of Vault meanwhile.'
          : 'Check user and password.',
      ]
    case '3D000':
      return [
        `has no database ${database}`,
        `Check its name, or have it made: CREATE DATABASE ${quoted(database)} OWNER ${quoted(user)};`,
      ]
    case '42501':
      return [
        `does not allow the user ${user} what Jira TPM needs (${error.message})`,
        'jira-tpm doctor, or Check in the settings, says what to have allowed.',
      ]
    case '26000':
    case '42P05':
      return [
        'is reached through a pooler that gives each transaction another connection, which tells nobody of commits',
        'Have it pool sessions (PgBouncer: pool_mode = session), or set the server’s own address.',
      ]
    default:
      return codeOf(error).startsWith('28') ? notLetIn(error, user) : tlsReason(error)
  }
}

/** The server's rules (pg_hba.conf) have no place for us. Its own words say from which address it saw us come. */
function notLetIn({ message }: Error, user: string): Reason {
  return [
    `does not let the user ${user} in (${message})`,
    /no encryption|SSL off/.test(message)
      ? 'Switch TLS on (sslmode=verify-full or require): many servers take encrypted connections only.'
      : 'Check the user, or have the server’s administrator allow this machine, user and database in pg_hba.conf.',
  ]
}

function tlsReason(error: Error): Reason {
  if (error.message === NO_TLS) {
    return [
      'does not offer TLS',
      'Have it switched on at the server; or choose sslmode=disable, where nobody can listen in on the way.',
    ]
  }
  const wrong = certificateProblem(causeOf(error))
  if (wrong !== null) return [`is not trusted: ${wrong.problem}`, wrong.hint]
  if (error.message.startsWith('SASL'))
    return [
      'did not prove that it knows the password, or asks for it in a way that we do not have',
      'Check the password; if it is right, check the address: this may be another server.',
    ]
  return [
    `and this machine did not agree on TLS (${codeOf(error)})`,
    'Check that a PostgreSQL server with TLS 1.2 or newer is at that address and port.',
  ]
}

/** A name as SQL has it. */
export function quoted(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`
}

function causeOf(error: Error): Error {
  return error instanceof ConnectionError ? error.cause : error
}
