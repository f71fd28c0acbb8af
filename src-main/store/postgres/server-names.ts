import type { PostgresConfig } from '../../config/config.ts'
import { storeLabel } from '../../config/store-config.ts'

/** What a server is called when a person is told about it. */
export interface ServerNames {
  readonly label: string
  /** `PostgreSQL at db.example.com/tickets` */
  readonly where: string
  readonly user: string
  /** Vault makes the user, and its password. */
  readonly isLeased: boolean
  readonly database: string
}

export const NOTHING_DONE = 'Nothing was read or stored; what was there before is safe.'

/** `user`: where it may be another one at another time. */
export function serverNames(config: PostgresConfig, user = (): string => config.user): ServerNames {
  const label = storeLabel(config)
  return {
    label,
    where: `PostgreSQL at ${label}`,
    get user() {
      return user()
    },
    isLeased: config.credentials === 'vault',
    database: config.database,
  }
}
