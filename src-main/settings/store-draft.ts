import path from 'node:path'
import type { PostgresDraft } from '../../src-shared/contract/settings-models.ts'
import type { PostgresConfig } from '../config/config.ts'
import { postgresConfig } from '../config/postgres-config.ts'
import { refusal } from '../config/store-config.ts'

/** Checks a PostgreSQL server that a person filled in, as far as it is not needed for that. Throws `usage`. */
export function storeOfDraft({
  host,
  port,
  database,
  user,
  password,
  tls,
  caFile,
}: PostgresDraft): PostgresConfig {
  const refuse = refusal('settings')
  if (caFile !== null && !path.isAbsolute(caFile)) {
    throw refuse(
      'has a CA file that is not a whole path',
      'Give it from the root on, as /etc/ssl/company.pem.',
    )
  }
  const parts = {
    host: host.trim(),
    port: String(port),
    database: database.trim(),
    user: user.trim(),
    sslmode: tls,
    ...(password === null ? {} : { password }),
    ...(caFile === null ? {} : { sslrootcert: caFile }),
  }
  const empty = (['host', 'database', 'user'] as const).find((name) => parts[name] === '')
  if (empty !== undefined) throw refuse(`has no ${empty}`, 'Fill it in.')
  return postgresConfig(parts, '/', refuse)
}
