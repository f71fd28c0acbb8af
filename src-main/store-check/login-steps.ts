import type { Client } from 'pg'
import type { AppError } from '../../src-shared/errors/app-error.ts'
import type { PostgresConfig } from '../config/config.ts'
import { failed, fine, type StepOutcome } from '../runtime/steps.ts'
import {
  beginSession,
  createClient,
  quoted,
  SESSION_SETTINGS,
  tlsOptions,
  type Sockets,
} from '../store/postgres/connection/client.ts'
import {
  denialReason,
  serverNames,
  unreachableReason,
} from '../store/postgres/connection/connection-errors.ts'
import { codeOf, fromPg, kindOf, UnfitServerError } from '../store/postgres/connection/failure.ts'
import {
  refuseNarrow,
  refuseOld,
  serverState,
  type ServerState,
} from '../store/postgres/connection/listener.ts'
import { inTime, type WaitParts } from './in-time.ts'

/** An account that a server knows. */
export interface LoginResult {
  readonly client: Client
  /** What the server then said of the database; null: we are in. */
  readonly refusal: Error | null
}

/** https://www.postgresql.org/docs/current/errcodes-appendix.html: insufficient_privilege. */
const NO_RIGHT = '42501'

/** Whether the server lets the user in. Of the database it speaks only to whom it knows. */
export async function logIn(config: PostgresConfig, sockets: Sockets): Promise<StepOutcome<LoginResult>> {
  const client = createClient({ config, ssl: tlsOptions(config), sockets })
  client.on('error', () => {}) // what is under way fails by itself
  const password = watchForRequest(client)
  const refusal = await client.connect().then(
    () => null,
    (error: unknown) => fromPg(error) as Error,
  )
  if (refusal !== null && !OF_DATABASE.has(codeOf(refusal))) return failed(refusalText(refusal, config))
  const { user } = config
  if (refusal === null) {
    const problem = await takeRole(client, config)
    if (problem !== null) return failed(problem)
  }
  if (password.asked()) return fine(`The user ${user} is let in with the password.`, { client, refusal })
  const unused = config.password === null ? '' : ' The one that is set was not asked for.'
  return fine(`The user ${user} is let in without a password.${unused}`, { client, refusal })
}

/** Whether the user may be the one whose the tables are; null where it may, or none is set. */
async function takeRole(
  client: Client,
  config: PostgresConfig,
): Promise<ReturnType<typeof refusalText> | null> {
  if (config.role === undefined) return null
  try {
    await beginSession(client, config)
    return null
  } catch (error) {
    return refusalText(fromPg(error) as Error, config)
  }
}

/** Says goodbye. */
export async function leave({ client, refusal }: LoginResult, patience: WaitParts): Promise<void> {
  if (refusal === null) await inTime(client.end(), patience).catch(() => {}) // it is cut then
}

/** No such database, no right to connect to it, one that takes no connections: they come after the password. */
const OF_DATABASE: ReadonlySet<string> = new Set(['3D000', '42501', '55000'])

const REQUESTS = ['authenticationCleartextPassword', 'authenticationMD5Password', 'authenticationSASL']

/** Many servers let this machine in as it comes: a password that nobody asked for was not tried. */
function watchForRequest(client: Client): { asked(): boolean } {
  let asked = false
  for (const request of REQUESTS) {
    client.connection.once(request, () => {
      asked = true
    })
  }
  return { asked: () => asked }
}

/** Whether the database is there for us, and can keep every text. */
export async function checkDatabase(
  config: PostgresConfig,
  { client, refusal }: LoginResult,
): Promise<StepOutcome<ServerState>> {
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

export function checkVersion(config: PostgresConfig, state: ServerState): StepOutcome<true> {
  return unlessUnfit(config, () => {
    refuseOld(state)
    return fine(`PostgreSQL ${state.versionName}.`, true)
  })
}

function unlessUnfit<T>(config: PostgresConfig, check: () => StepOutcome<T>): StepOutcome<T> {
  try {
    return check()
  } catch (error) {
    if (error instanceof UnfitServerError) return failed(refusalText(error, config))
    throw error
  }
}

/** Why a server that was reached did not let us in, and what to do. */
function refusalText(
  refusal: Error,
  config: PostgresConfig,
): { readonly message: string; readonly hint: string } {
  switch (kindOf(refusal)) {
    case 'denied': {
      const [reason, hint] = denialReason(refusal, serverNames(config))
      return { message: `The server ${reason}.`, hint }
    }
    case 'unreachable':
      return {
        message: `The server ${unreachableReason(refusal)[0]}.`,
        hint:
          codeOf(refusal) === '53300'
            ? 'Close other clients, or raise max_connections on that server; then check again.'
            : 'Check again in a moment; if it goes on, look at that server’s log.',
      }
    default:
      return {
        message: `The server does not let us in: ${refusal.message}${/[.!]$/.test(refusal.message) ? '' : '.'}`,
        hint: 'Show this to the server’s administrator.',
      }
  }
}
