import type { AppError } from '../../src-shared/errors/app-error.ts'
import type { PostgresConfig } from '../config/config.ts'
import { quoted, SESSION_SETTINGS } from '../store/postgres/connection/client.ts'
import { codeOf, UnfitServerError } from '../store/postgres/connection/failure.ts'
import { refuseNarrow, refuseOld, serverState, type ServerState } from '../store/postgres/connection/listener.ts'
import { failed, fine, type Outcome } from '../runtime/steps.ts'
import type { LoginResult } from './login-step.ts'
import { refusalText } from './refusal-text.ts'

/** Whether the database is there for us, and can keep every text. */
export async function checkDatabase(
  config: PostgresConfig,
  { client, refusal }: LoginResult,
): Promise<Outcome<ServerState>> {
  if (refusal !== null) return failed(notConnected(refusal, config))
  await client.query(SESSION_SETTINGS)
  const state = await serverState(client)
  return unlessUnfit(config, () => {
    refuseNarrow(state)
    return fine(`There is a database ${config.database}.`, state)
  })
}

function notConnected(refusal: Error, config: PostgresConfig): Pick<AppError, 'message' | 'hint'> {
  const text = refusalText(refusal, config)
  if (codeOf(refusal) !== NO_RIGHT) return text
  const { database, user } = config
  return {
    ...text,
    hint: `Have it allowed: GRANT CONNECT, CREATE ON DATABASE ${quoted(database)} TO ${quoted(user)};`,
  }
}

/** https://www.postgresql.org/docs/current/errcodes-appendix.html: insufficient_privilege. */
const NO_RIGHT = '42501'

export function checkVersion(config: PostgresConfig, state: ServerState): Outcome<true> {
  return unlessUnfit(config, () => {
    refuseOld(state)
    return fine(`PostgreSQL ${state.versionName}.`, true)
  })
}

function unlessUnfit<T>(config: PostgresConfig, check: () => Outcome<T>): Outcome<T> {
  try {
    return check()
  } catch (error) {
    if (error instanceof UnfitServerError) return failed(refusalText(error, config))
    throw error
  }
}
