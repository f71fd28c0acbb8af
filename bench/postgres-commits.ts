import { pathToFileURL } from 'node:url'
import type { PostgresDb } from '../src-main/store/postgres/connection/open-connection.ts'
import { median, type BenchResult } from './bench.ts'
import { onPostgres } from './fixtures/postgres.ts'

const SITES = 8
const ROUNDS = 3
const ROUND_MS = 2_000

/**
 * How many commits a second one database takes that tell their listeners, beside as many that tell nobody. PostgreSQL
 * holds a lock over the whole server while a commit that notifies goes to the disk, so these go one after the other
 * however many sites they are of; others share their waits.
 */
export async function run(): Promise<BenchResult[]> {
  return onPostgres(async (server) => {
    const database = await server.database('commits')
    await database.query(
      'CREATE SCHEMA jira_tpm; CREATE TABLE jira_tpm.sites (site INT PRIMARY KEY, n INT NOT NULL)',
    )
    await database.query(
      'INSERT INTO jira_tpm.sites SELECT site, 0 FROM generate_series(1, $1::int) AS site',
      [SITES],
    )
    const connections = await Promise.all(Array.from({ length: SITES }, () => database.connect()))
    const told: number[] = []
    const silent: number[] = []
    for (let round = 0; round <= ROUNDS; round++) {
      told.push(await commitsPerSecond(connections, true))
      silent.push(await commitsPerSecond(connections, false))
    }
    for (const connection of connections) await connection.close()
    const unit = 'commits/s'
    return [
      { name: `commits that notify, ${SITES} sites at once`, value: median(told.slice(1)), unit },
      { name: 'commits that notify nobody', value: median(silent.slice(1)), unit },
    ]
  })
}

/** Each connection commits a change of its own row, one after the other. */
async function commitsPerSecond(connections: readonly PostgresDb[], notifies: boolean): Promise<number> {
  let commits = 0
  const began = performance.now()
  await Promise.all(
    connections.map(async (connection, site) => {
      while (performance.now() - began < ROUND_MS) {
        await connection.write(async (tx) => {
          void tx.query('UPDATE sites SET n = n + 1 WHERE site = $1', [site + 1])
          if (notifies) tx.notify(`site-${site}`, 'tickets')
        })
        commits += 1
      }
    }),
  )
  return commits / ((performance.now() - began) / 1_000)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.table(await run())
