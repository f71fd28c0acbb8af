import { setTimeout as delay } from 'node:timers/promises'
import { Client } from 'pg'
import { queryOnce, queryWith } from '../../test-support/store/postgres-query.ts'
import type { Node } from './patroni.ts'
import { until } from './until.ts'
import { nowMs, type Viewers } from './meanwhile/viewers.ts'

/** Milliseconds from when something was struck. */
export interface Outage {
  /** Until another start of a PostgreSQL has acknowledged a write, past HAProxy. */
  readonly primaryMs: number
  /** Until it did so by the address of the cluster: HAProxy asks Patroni twice a second. */
  readonly ledMs: number
  /** Until it had a commit of Jira TPM's. */
  readonly writtenMs: number
  /** Until a viewer showed what was committed then, of each. */
  readonly shownMs: readonly number[]
}

interface Struck {
  /** The cluster's address. */
  readonly url: string
  readonly database: string
  readonly viewers: Viewers
  readonly signal?: AbortSignal | undefined
  /** Brings the primary to its end. */
  readonly strike: () => Promise<void>
}

const LOOK_MS = 20

/** Does that to a cluster whose primary takes writes, and says how long it was until all was right again. */
export async function failOver(
  nodes: readonly Node[],
  { url: address, database, viewers, signal, strike }: Struck,
): Promise<Outage> {
  const former = await until('a primary that takes writes', () => takingWrites(nodes), { signal })
  const began = nowMs()
  const elapsed = (): number => Math.round(nowMs() - began)
  const struck = strike()
  struck.catch(() => {}) // heard of at the end
  const { primary, writing } = await nextPrimary(nodes, former, signal)
  const primaryMs = elapsed()
  const led = leadsTo(writing, address, signal).then(elapsed)
  led.catch(() => {}) // heard of below
  const url = primary.url(database)
  await nextWrite(url, signal)
  const writtenMs = elapsed()
  const ledMs = await led
  const seq = await lastSeq(url)
  const shownMs = await viewers.shown(seq, began)
  await struck
  return { primaryMs, ledMs, writtenMs, shownMs }
}

/** Each node is asked by itself: one that does not answer keeps no other from being found. */
async function nextPrimary(nodes: readonly Node[], former: string, signal?: AbortSignal) {
  const found = new AbortController()
  const looking = AbortSignal.any([found.signal, ...(signal === undefined ? [] : [signal])])
  try {
    return await Promise.any(
      nodes.map((node) =>
        until(
          'another primary',
          async () => {
            const writing = await writesAt(node.url())
            return writing !== null && writing !== former ? { primary: node, writing } : null
          },
          { everyMs: LOOK_MS, signal: looking },
        ),
      ),
    )
  } finally {
    found.abort()
  }
}

/** One try that is held up, at a proxy that waits for a dead server, keeps no other from being made. */
async function leadsTo(wanted: string, address: string, signal?: AbortSignal): Promise<void> {
  let found = false
  const tryOnce = async (): Promise<void> => {
    found ||= (await writesAt(address)) === wanted
  }
  await until(
    'its address leads there',
    () => {
      void tryOnce()
      return found
    },
    { signal },
  )
}

/** What each write of Jira TPM's changes. */
const TRACES = `SELECT concat_ws(' ',
  (SELECT max(seq) FROM jira_tpm.site_seq),
  (SELECT count(*) FROM jira_tpm.slots WHERE state <> 'planned'),
  (SELECT string_agg(owner || expires_ms, ',' ORDER BY name) FROM jira_tpm.leases)) AS traces`

async function nextWrite(url: string, signal?: AbortSignal): Promise<void> {
  await queryWith(url, async (query) => {
    const traces = async (): Promise<unknown> => (await query(TRACES))[0]?.['traces']
    const first = await traces()
    while ((await traces()) === first) await delay(LOOK_MS, undefined, signal === undefined ? {} : { signal })
  })
}

async function lastSeq(url: string): Promise<number> {
  const [row] = await queryOnce(url, 'SELECT coalesce(max(seq), 0)::bigint AS seq FROM jira_tpm.site_seq')
  return Number(row?.['seq'])
}

const TABLE = 'public.cluster_writes'
const CONNECT_MS = 1_000

/** Makes what `writesAt` writes to; by the address of the cluster. */
export async function prepareWrites(url: string): Promise<void> {
  await queryOnce(url, `CREATE TABLE ${TABLE} (one INT PRIMARY KEY, times BIGINT NOT NULL)`)
  await queryOnce(url, `INSERT INTO ${TABLE} VALUES (1, 0)`)
}

/**
 * Writes at an address, a node's own or the cluster's. Gives which start of which PostgreSQL has acknowledged that; null where it takes no
 * writes. One that waits for a stand-by is none yet: it is given up after a second.
 */
export async function writesAt(url: string): Promise<string | null> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: CONNECT_MS,
  })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query<{ started: string }>(
      `UPDATE ${TABLE} SET times = times + 1
       RETURNING concat_ws(' ', 'port', current_setting('port'), 'since', pg_postmaster_start_time()) AS started`,
    )
    return rows[0]?.started ?? null
  } catch {
    return null // it is dead, starts, or is a stand-by
  } finally {
    client.end().catch(() => {})
  }
}

/** Which start of which PostgreSQL takes writes now; null where none does. Throws where two do. */
async function takingWrites(nodes: readonly Node[]): Promise<string | null> {
  const ask = async (): Promise<string[]> =>
    (await Promise.all(nodes.map((node) => writesAt(node.url())))).filter((one) => one !== null)
  const found = await ask()
  // One may have handed over to the other in between; two primaries go on to take writes.
  const again = found.length > 1 ? await ask() : found
  if (again.length > 1) throw new Error(`Two primaries take writes at once: ${again.join(', ')}`)
  return again[0] ?? null
}
