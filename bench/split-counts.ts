import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { machineClock } from '../src-main/runtime/clock.ts'
import { openSqliteStore } from '../src-main/store/sqlite/store.ts'
import { startTestSandbox } from '#jira-sandbox/testing'
import { minuteOf, MS_PER_MINUTE } from '../src-shared/domain/minute.ts'
import { atMost, percentile, type BenchResult } from './bench.ts'
import { fillFile, PER_MINUTE } from '../test-support/store/sqlite/fill-file.ts'
import { splitCharts } from './fixtures/split-charts.ts'
import { markFetched, weekClicks, type WeekClick } from './fixtures/week-clicks.ts'

const TICKETS = 10_000_000

/**
 * Charts of ten tickets a minute of three projects and four types, by a field, anywhere in a file's history; and of the
 * same file, served to a browser, its last seven days from the click to the painted bars.
 */
export async function run(tickets = TICKETS): Promise<BenchResult[]> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'jira-tpm-bench-'))
  const file = path.join(dataDir, 'tpm.sqlite')
  const site = await startTestSandbox()
  const { siteId } = site
  const minutes = tickets / PER_MINUTE
  // An hour of it is still to come: what is shown is as full to its end.
  const startMs = (minuteOf(Date.now()) + 60 - minutes) * MS_PER_MINUTE
  try {
    await (await openSqliteStore({ file, clock: machineClock })).close()
    fillFile(file, tickets, { site: siteId, startMs })
    const store = await openSqliteStore({ file, clock: machineClock })
    const charts = await splitCharts(store, { siteId, startMs, minutes })
    await markFetched(store, siteId)
    await store.close()
    const clicks = await weekClicks(dataDir, site)
    const share = (of: keyof WeekClick, part: number): number =>
      percentile(
        clicks.map((click) => click[of]),
        part,
      )
    return [
      ...charts,
      atMost(150, {
        name: 'click → bars of 7 days painted, p95',
        value: share('paintedMs', 0.95),
        unit: 'ms',
      }),
      { name: '… p50', value: share('paintedMs', 0.5), unit: 'ms' },
      { name: '… to the answer with the counts, p50', value: share('answeredMs', 0.5), unit: 'ms' },
      { name: "… the window's thread of the processor, p50", value: share('workedMs', 0.5), unit: 'ms' },
    ]
  } finally {
    await site.stop()
    await rm(dataDir, { recursive: true, maxRetries: 5 })
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const tickets = Number(process.argv[2] ?? TICKETS)
  console.table(await run(tickets))
}
