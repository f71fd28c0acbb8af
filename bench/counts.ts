import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { minuteOf } from '../src-shared/domain/minute.ts'
import { machineClock } from '../src-main/runtime/clock.ts'
import { openSqliteStore } from '../src-main/store/sqlite/store.ts'
import type { CountsQuery, Store } from '../src-main/store/store.ts'
import { percentile, type BenchResult } from './bench.ts'
import { BENCH_START_MS, benchTicket } from './fixtures/tickets.ts'

const TICKETS = 1_000_000
const PAGE = 100
const DAYS = 7
const PER_HOUR = TICKETS / (DAYS * 24)
const SITE = 'bench'
const WATCHED = ['1', '2']

/** Fills a store with a million tickets of a week through the way that a fetch takes, then asks it for charts. */
export async function run(): Promise<BenchResult[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'jira-tpm-bench-'))
  const store = await openSqliteStore({ file: path.join(folder, 'tpm.sqlite'), clock: machineClock })
  try {
    const filled = await fill(store)
    const again = await seenAgain(store)
    const hour = await time(500, (i) => store.counts(span(i * 20, 60, 1)))
    const week = await time(100, () => store.counts(span(0, DAYS * 1_440, 10)))
    return [
      {
        name: 'insert, pages of 100',
        value: filled.ticketsPerS,
        unit: 'tickets/s',
        ...atLeast(100_000, filled.ticketsPerS),
      },
      { name: 'insert, one page p99', value: percentile(filled.pageMs, 0.99), unit: 'ms' },
      { name: 'page without news p50', value: percentile(again, 0.5), unit: 'ms' },
      { name: 'counts of an hour p50', value: percentile(hour, 0.5), unit: 'ms' },
      {
        name: 'counts of an hour p95',
        value: percentile(hour, 0.95),
        unit: 'ms',
        ...atMost(2, percentile(hour, 0.95)),
      },
      { name: 'counts of 7 days by 10 minutes p50', value: percentile(week, 0.5), unit: 'ms' },
      {
        name: 'counts of 7 days by 10 minutes p95',
        value: percentile(week, 0.95),
        unit: 'ms',
        ...atMost(20, percentile(week, 0.95)),
      },
    ]
  } finally {
    await store.close()
    await rm(folder, { recursive: true })
  }
}

async function fill(store: Store): Promise<{ ticketsPerS: number; pageMs: number[] }> {
  const pageMs: number[] = []
  for (let from = 0; from < TICKETS; from += PAGE) {
    const page = pageOf(from)
    const began = performance.now()
    await store.applyPage(page)
    pageMs.push(performance.now() - began)
  }
  return { ticketsPerS: TICKETS / (pageMs.reduce((a, b) => a + b, 0) / 1_000), pageMs }
}

/** What the look-back of every fetch does: pages that are stored already. */
function seenAgain(store: Store): Promise<number[]> {
  return time(500, (i) => store.applyPage(pageOf(i * PAGE)))
}

async function time(times: number, work: (i: number) => Promise<unknown>): Promise<number[]> {
  const samples: number[] = []
  for (let i = 0; i < times; i++) {
    const began = performance.now()
    await work(i)
    samples.push(performance.now() - began)
  }
  return samples
}

function pageOf(from: number): Parameters<Store['applyPage']>[0] {
  const tickets = Array.from({ length: PAGE }, (_, i) => benchTicket(from + i, PER_HOUR))
  return { siteId: SITE, scope: 'bench', seenAtMs: BENCH_START_MS, tickets, removals: [], watermarkMs: null }
}

function span(skipMinutes: number, minutes: number, bucketMinutes: number): CountsQuery {
  const fromMinute = minuteOf(BENCH_START_MS) + skipMinutes
  const toMinute = fromMinute + minutes
  return { siteId: SITE, projectKey: null, priorityIds: WATCHED, fromMinute, toMinute, bucketMinutes }
}

function atMost(limit: number, value: number): { target: string; met: boolean } {
  return { target: `≤ ${limit} ms`, met: value <= limit }
}

function atLeast(limit: number, value: number): { target: string; met: boolean } {
  return { target: `≥ ${limit} tickets/s`, met: value >= limit }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.table(await run())
