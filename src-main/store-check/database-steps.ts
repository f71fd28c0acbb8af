import type { PostgresConfig } from '../config/config.ts'
import { SESSION_SETTINGS } from '../store/postgres/client.ts'
import { UnfitServerError } from '../store/postgres/failure.ts'
import { refuseNarrow, refuseOld } from '../store/postgres/fit-server.ts'
import { serverState, type ServerState } from '../store/postgres/listener.ts'
import { failed, fine, type Outcome } from '../steps.ts'
import type { Login } from './login-step.ts'
import { refusalText } from './refusal-text.ts'

/** Whether the database is there for us, and can keep every text. */
export async function checkDatabase(
  config: PostgresConfig,
  { client, refusal }: Login,
): Promise<Outcome<ServerState>> {
  if (refusal !== null) return failed(refusalText(refusal, config))
  await client.query(SESSION_SETTINGS)
  const state = await serverState(client)
  return unlessUnfit(config, () => {
    refuseNarrow(state)
    return fine(`There is a database ${config.database}.`, state)
  })
}

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
