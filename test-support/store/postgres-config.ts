import type { PostgresConfig } from '../../src-main/config/config.ts'

/** How the app is told of a database of a server that `startPostgres` started. */
export function testConfig(place: Pick<PostgresConfig, 'host' | 'port' | 'database'>): PostgresConfig {
  return { kind: 'postgres', user: 'postgres', password: null, tls: 'disable', caFile: null, ...place }
}
