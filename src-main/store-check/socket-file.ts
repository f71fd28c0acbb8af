import path from 'node:path'
import type { PostgresConfig } from '../config/config.ts'

/** Where a server's Unix socket is: https://www.postgresql.org/docs/18/libpq-connect.html#LIBPQ-CONNECT-HOST. */
export function socketFile({ host, port }: Pick<PostgresConfig, 'host' | 'port'>): string {
  return path.join(host, `.s.PGSQL.${port}`)
}
