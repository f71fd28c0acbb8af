import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { DEFAULT_SANDBOX, startSandbox, type Sandbox } from '#jira-sandbox'
import { startSyncProcess } from '../test-support/sync/process.ts'
import { percentile, type BenchResult } from './bench.ts'

const TICKETS = 100_000
const ROUNDS = 3
const MB = 2 ** 20

/**
 * How much a process grows that syncs 100,000 tickets: its resident memory at the highest, looked at every 20 ms, less
 * what it was after it had synced 5,000 tickets into another store and had collected its garbage.
 */
export async function run(): Promise<BenchResult[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'jira-tpm-bench-'))
  const sandbox = await startSandbox({
    file: path.join(folder, 'sandbox.sqlite'),
    settings: { ...DEFAULT_SANDBOX, historyTickets: TICKETS, historyHours: 24 * 365 },
  })
  try {
    const rounds: { grown: number; peak: number }[] = []
    for (let round = 0; round < ROUNDS; round++) {
      rounds.push(await syncAlone(sandbox, path.join(folder, `${round}.sqlite`)))
    }
    const median = (figure: 'grown' | 'peak'): number =>
      percentile(
        rounds.map((round) => round[figure]),
        0.5,
      )
    return [
      {
        name: 'memory that a process grows by, syncing 100,000 tickets',
        value: median('grown'),
        unit: 'MB',
        target: '≤ 120 MB',
        met: median('grown') <= 120,
      },
      { name: 'its resident memory at the highest', value: median('peak'), unit: 'MB' },
    ]
  } finally {
    await sandbox.stop()
    await rm(folder, { recursive: true })
  }
}

async function syncAlone(
  { url, email, apiToken, siteId }: Sandbox,
  file: string,
): Promise<{ grown: number; peak: number }> {
  const syncing = startSyncProcess({ nodeArgs: ['--expose-gc'] })
  try {
    const priorityIds = ['1', '2', '3', '4', '5']
    const store = { kind: 'sqlite', file } as const
    const warmUp = { kind: 'sqlite', file: `${file}.warm-up` } as const
    syncing.go({ kind: 'fetch', store, site: { url, email, apiToken }, siteId, priorityIds, warmUp })
    const { inserted, beganRss, peakRss } = await syncing.heard('ended')
    if (inserted !== TICKETS) throw new Error(`${inserted} of ${TICKETS} tickets were stored`)
    return { grown: (peakRss - beganRss) / MB, peak: peakRss / MB }
  } finally {
    await syncing.kill()
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.table(await run())
