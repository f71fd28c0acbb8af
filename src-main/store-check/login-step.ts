import type { Client } from 'pg'
import type { PostgresConfig } from '../config/config.ts'
import { beginSession, createClient, tlsOptions, type Sockets } from '../store/postgres/connection/client.ts'
import { codeOf, fromPg } from '../store/postgres/connection/failure.ts'
import { failed, fine, type Outcome } from '../runtime/steps.ts'
import { inTime, type WaitParts } from './in-time.ts'
import { refusalText } from './refusal-text.ts'

/** An account that a server knows. */
export interface LoginResult {
  readonly client: Client
  /** What the server then said of the database; null: we are in. */
  readonly refusal: Error | null
}

/** Whether the server lets the user in. Of the database it speaks only to whom it knows. */
export async function logIn(config: PostgresConfig, sockets: Sockets): Promise<Outcome<LoginResult>> {
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
