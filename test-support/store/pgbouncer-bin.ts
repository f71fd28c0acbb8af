import { existsSync } from 'node:fs'

/** Where PgBouncer is; undefined: it is not here. */
export const PGBOUNCER = ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer', '/usr/local/bin/pgbouncer'].find(
  (file) => existsSync(file),
)

/** Why it cannot be started here, and what to do; null where it can. */
export function whyNoPgbouncer(): string | null {
  return PGBOUNCER === undefined ? 'it is not here. On Debian: apt-get install pgbouncer' : null
}
