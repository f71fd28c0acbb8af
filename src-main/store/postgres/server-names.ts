import type { PostgresConfig } from '../../config/config.ts'
import { storeLabel } from '../../config/store-name.ts'

/** What a server is called when a person is told about it. */
export interface ServerNames {
  readonly label: string
  /** `PostgreSQL at db.example.com/tickets` */
  readonly where: string
  readonly user: string
  readonly database: string
}

export const NOTHING_DONE = 'Nothing was read or stored; what was there before is safe.'

export function serverNames(config: PostgresConfig): ServerNames {
  const label = storeLabel(config)
  return { label, where: `PostgreSQL at ${label}`, user: config.user, database: config.database }
}
