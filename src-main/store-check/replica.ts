import type { PostgresConfig } from '../config/config.ts'
import { storeLabel } from '../config/store-config.ts'
import { StoreClient, tlsOptions } from '../store/postgres/connection/client.ts'
import type { Login } from '../store/postgres/connection/credentials.ts'
import {
  behindMs,
  behindText,
  positionOf,
  refuseLate,
  refuseOther,
  replicaTrouble,
} from '../store/postgres/replica-position.ts'

/** What of a replica is to be said: how far it is, or why it is not read, and what to do. The primary works without it. */
export async function replicaText(
  config: PostgresConfig,
  login: Login,
  primary: Pick<StoreClient, 'send'>,
): Promise<{ readonly message: string; readonly hint?: string }> {
  const label = storeLabel(config)
  const client = new StoreClient({ config, login, ssl: tlsOptions(config) })
  try {
    const asked = await positionOf(primary.send)
    await client.open()
    const found = await positionOf(client.send)
    refuseOther(found, asked)
    const late = behindMs(found, asked)
    refuseLate(late)
    const where = late === 0 ? 'has all that the primary has' : `is ${behindText(late)}`
    return { message: `The replica ${label} ${where}: audits, exports and long spans are read from it.` }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const [reason, hint] = replicaTrouble(error, config)
    return { message: `The replica ${label} ${reason}, so the primary is read in its place.`, hint }
  } finally {
    client.cut()
  }
}
