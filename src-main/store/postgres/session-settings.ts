import type { Client, DatabaseError } from 'pg'
import type { PostgresConfig } from '../../config/config.ts'
import { SESSION_SETTINGS } from './client.ts'
import { quoted } from './denied-errors.ts'
import { codeOf, UnfitServerError } from './failure.ts'

/**
 * The first thing on each new connection: our settings, and the role whose the tables are. Users that Vault makes are
 * gone in an hour; what one of them makes as that role, the next one has too. Throws what the server says, and
 * `UnfitServerError` where there is no such role.
 */
export async function beginSession(
  client: Pick<Client, 'query'>,
  { role, user }: Pick<PostgresConfig, 'role' | 'user'>,
): Promise<void> {
  const takeRole = role === undefined ? '' : `; SET ROLE ${quotedAlways(role)}`
  try {
    await client.query(SESSION_SETTINGS + takeRole)
  } catch (error) {
    throw roleProblem(error as DatabaseError, role, user) ?? error
  }
}

/** https://www.postgresql.org/docs/current/errcodes-appendix.html: invalid_parameter_value, insufficient_privilege. */
function roleProblem(error: DatabaseError, role: string | undefined, user: string): UnfitServerError | null {
  if (role === undefined || !error.message.includes(role)) return null
  const made = `GRANT ${quoted(role)} TO ${quoted(user)};`
  switch (codeOf(error)) {
    case '22023':
      return new UnfitServerError(
        `has no role ${role}, which PSQL_ROLE names`,
        `Check its name, or have it made: CREATE ROLE ${quoted(role)} NOLOGIN;`,
      )
    case '42501':
      return new UnfitServerError(
        `does not let its user take on the role ${role}, which PSQL_ROLE names`,
        `Have the user made a member of it, with Vault in the creation statements of its role: ${made}`,
      )
    default:
      return null
  }
}

/** Where a name stands for itself alone, as `SET ROLE none` would not. */
function quotedAlways(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
