import { Client } from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { queryOnce } from '../../test-support/store/postgres-query.ts'
import { startCluster } from './cluster.ts'
import type { Node } from './patroni.ts'
import { until } from './until.ts'
import { writesAt } from './failover.ts'

// Two failovers of a minute each: in the long run alone.
const LONG = process.env['JIRA_TPM_LONG'] !== undefined
const PATIENCE_MS = 600_000
/** So long the primary writes what no other node gets. */
const ALONE_MS = 2_000
/** Commits: no node is promoted that is more than 1 MB behind (Patroni's `maximum_lag_on_failover`). */
const MAX_ALONE = 1_000

test.runIf(LONG)(
  'with synchronous_mode nothing that was acknowledged is lost with the primary, whose own tail goes when it comes back',
  { timeout: PATIENCE_MS },
  async () => {
    const { aloneAcknowledged, lost } = await loseTail({ isSynchronous: true })
    expect(aloneAcknowledged).toEqual([])
    expect(lost).toEqual([])
  },
)

test.runIf(LONG)(
  'without it the primary acknowledges what it alone has, and all of that is lost with it',
  { timeout: PATIENCE_MS },
  async () => {
    const { aloneAcknowledged, lost } = await loseTail({ isSynchronous: false })
    expect(aloneAcknowledged.length).toBeGreaterThan(0)
    expect(lost).toEqual(aloneAcknowledged)
  },
)

/** What a writer was told is committed while the primary's last seconds reached nobody, and what is not there afterwards. */
async function loseTail(options: { readonly isSynchronous: boolean }) {
  const cluster = await startCluster(options)
  onTestFinished(() => cluster.stop())
  const primary = await cluster.settled()
  await queryOnce(cluster.url(), 'CREATE TABLE written (n INT PRIMARY KEY)')
  const before = await writeFrom(0, primary, 500)
  expect(before.length).toBeGreaterThan(0)
  // A standby that runs need not follow yet.
  const others = cluster.nodes.filter((node) => node !== primary)
  const areThere = async (node: Node): Promise<boolean> => {
    const [row] = await queryOnce(node.url(), 'SELECT count(*)::int AS rows FROM written')
    return row?.['rows'] === before.length
  }
  await until('each standby has it', async () => (await Promise.all(others.map(areThere))).every(Boolean))

  cluster.stopReplication(primary)
  const aloneAcknowledged = await writeFrom(1_000_000, primary, ALONE_MS)
  await primary.kill()
  const isTaken = async (): Promise<boolean> =>
    (await Promise.all(others.map((node) => writesAt(node.url())))).some((writing) => writing !== null)
  await until('another node takes writes', isTaken, { said: cluster.said })

  // The dead one comes back with what it alone had, and follows.
  cluster.reconnect(primary)
  primary.start()
  await cluster.settled()
  const rows = await queryOnce(cluster.url(), 'SELECT n FROM written')
  const stored = new Set(rows.map(({ n }) => Number(n)))
  const standby = await queryOnce(
    primary.url(),
    'SELECT pg_is_in_recovery() AS standby, count(*)::int AS rows FROM written',
  )
  expect(standby).toEqual([{ standby: true, rows: stored.size }])
  console.info(
    `${options.isSynchronous ? 'Synchronous' : 'Asynchronous'}: ${aloneAcknowledged.length} commits acknowledged in ${ALONE_MS} ms without a stand-by`,
  )
  const acknowledged = [...before, ...aloneAcknowledged]
  return { aloneAcknowledged, lost: acknowledged.filter((n) => !stored.has(n)) }
}

/** Commits one number after the other for so long, or so many; gives those that were acknowledged. */
async function writeFrom(first: number, node: Node, forMs: number): Promise<number[]> {
  const client = new Client({ connectionString: node.url(), query_timeout: forMs })
  client.on('error', () => {})
  await client.connect()
  const acknowledged: number[] = []
  const untilMs = performance.now() + forMs
  try {
    for (let n = first; performance.now() < untilMs && n < first + MAX_ALONE; n++) {
      await client.query('INSERT INTO written VALUES ($1)', [n])
      acknowledged.push(n)
    }
  } catch {
    // It waits for a stand-by; nothing was acknowledged.
  } finally {
    client.end().catch(() => {})
  }
  return acknowledged
}
