import { fsyncSync, writeSync } from 'node:fs'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import Database from 'better-sqlite3'
import { minuteOf } from '../src-shared/domain/minute.ts'
import { steadyClock } from '../src-shared/domain/site-clock.ts'
import { machineClock } from '../src-main/runtime/clock.ts'
import { openSqliteStore } from '../src-main/store/sqlite/store.ts'
import { createUsual } from '../src-main/usual/usual.ts'
import { atMost, percentile, type BenchResult } from './bench.ts'
import { BENCH_START_MS } from './fixtures/tickets.ts'

const TICKETS = 10_000_000
const PER_MINUTE = 10
const AT_ONCE = 100_000
/** Eight weeks and what a history begins earlier. */
const LEARNED_MINUTES = 58 * 1_440
const SITE = 'bench'
const SCOPE = { projectKey: null, priorityIds: ['1', '2'] }

/**
 * What is usual, from a file of ten tickets a minute of three projects that an older version stored: how it opens and is summed,
 * the eight weeks read, and each commit after it.
 */
export async function run(tickets = TICKETS): Promise<BenchResult[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'jira-tpm-bench-'))
  const file = path.join(folder, 'tpm.sqlite')
  try {
    await (await openSqliteStore({ file, clock: machineClock })).close()
    const db = new Database(file)
    db.pragma('synchronous = OFF')
    const add = db.prepare(ADD)
    for (let from = 0; from < tickets; from += AT_ONCE) {
      const to = Math.min(tickets, from + AT_ONCE)
      add.run({ site: SITE, from, to, startMs: BENCH_START_MS })
    }
    db.exec(COUNT_THEM)
    db.exec(MAKE_OLDER)
    db.close()
    // What was written without waiting for the disk is no part of a first commit.
    await syncFile(file)
    const opened = await sumOld(file, tickets)
    return [...(await measure(file, tickets)), ...opened]
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function syncFile(file: string): Promise<void> {
  const handle = await open(file, 'r+')
  await handle.sync()
  await handle.close()
}

/** The opening of an older file, and the sums of its tickets, while the event loop goes on. */
async function sumOld(file: string, tickets: number): Promise<BenchResult[]> {
  const began = performance.now()
  const store = await openSqliteStore({ file, clock: machineClock })
  const openedMs = performance.now() - began
  const nowMinute = minuteOf(BENCH_START_MS + (tickets / PER_MINUTE) * 60_000)
  const span = { fromMinute: nowMinute - LEARNED_MINUTES, toMinute: nowMinute }
  const loop = watchLoop()
  let learnedMs: number | null = null
  const slices: Spent[] = []
  const sumSome = async (): Promise<boolean> => {
    let isMore = false
    slices.push(await spent(async () => void (isMore = await store.sumOldTickets(SITE))))
    return isMore
  }
  for (let step = 1; await sumSome(); step++) {
    await setImmediate()
    if (learnedMs !== null || step % 100 !== 0) continue
    const { isSummed } = await store.usualHistory(SITE, SCOPE, span)
    if (isSummed) learnedMs = performance.now() - began
  }
  const allMs = performance.now() - began
  const longest = loop.stop()
  await store.close()
  return [
    atMost(1_000, figure('opening of an older file', openedMs)),
    figure('its newest eight weeks summed after', learnedMs ?? allMs),
    figure('all of it summed after', allMs),
    ...p99('a slice of it', slices),
    ...waits([longest]),
    figure(
      'a bare write that waits for the disk, the longest of as many',
      await longestSync(file, slices.length),
    ),
  ]
}

/** What the disk itself lets wait: a commit and a checkpoint cannot be sooner. */
async function longestSync(file: string, times: number): Promise<number> {
  const handle = await open(`${file}-bare`, 'w')
  const page = Buffer.alloc(16_384)
  let longest = 0
  for (let n = 0; n < times; n++) {
    const began = performance.now()
    writeSync(handle.fd, page)
    fsyncSync(handle.fd)
    longest = Math.max(longest, performance.now() - began)
    await setImmediate()
  }
  await handle.close()
  return longest
}

async function measure(file: string, tickets: number): Promise<BenchResult[]> {
  const store = await openSqliteStore({ file, clock: machineClock })
  const nowMs = BENCH_START_MS + (tickets / PER_MINUTE) * 60_000
  const openUsual = () =>
    createUsual({
      store,
      siteId: SITE,
      scope: SCOPE,
      scopeName: 'all',
      time: { now: () => nowMs, current: () => steadyClock(nowMs) },
      clock: { now: () => nowMs },
      zone: async () => 'Europe/Berlin',
      incidents: async () => [],
    })
  await store.setKnown(SITE, 'all', { knownMs: nowMs, epoch: await store.epoch(SITE) })
  try {
    const whole: Spent[] = []
    const project: Spent[] = []
    const longest: Spent[] = []
    for (let n = 0; n < 20; n++) {
      const usual = openUsual()
      const loop = watchLoop()
      whole.push(await spent(() => usual.of({}, minuteOf(nowMs))))
      project.push(await spent(() => usual.of({ project: 'OPS' }, minuteOf(nowMs))))
      longest.push(loop.stop())
    }
    const [first, ...later] = whole
    const usual = openUsual()
    await usual.of({}, minuteOf(nowMs))
    const commits: Spent[] = []
    for (let n = 0; n < 200; n++) {
      await store.applyPage({
        siteId: SITE,
        scope: 'all',
        seenAtMs: nowMs,
        removals: [],
        watermarkMs: null,
        tickets: [ticket(n, nowMs)],
      })
      commits.push(await spent(() => usual.now({})))
    }
    return [
      ...p95('the whole, from 8 weeks', later, 50),
      ...p95('a project, from 8 weeks', project, 50),
      figure('the first of a program, with its zone', first?.ms ?? Number.NaN),
      ...waits(longest.slice(1)),
      figure('the same of the first, of CPU', longest[0]?.cpuMs ?? Number.NaN),
      ...p95('after a commit, with the newest minutes', commits, 1),
    ]
  } finally {
    await store.close()
  }
}

/** Milliseconds that went by, and of the processor's time: on a busy machine the second says what a thing costs. */
interface Spent {
  readonly ms: number
  readonly cpuMs: number
}

async function spent(work: () => Promise<unknown>): Promise<Spent> {
  const began = performance.now()
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return { ms: performance.now() - began, cpuMs: (user + system) / 1_000 }
}

function waits(longest: readonly Spent[]): BenchResult[] {
  const most = (part: keyof Spent): number => Math.max(...longest.map((one) => one[part]))
  return [
    atMost(20, figure('longest wait of the event loop meanwhile', most('ms'))),
    atMost(20, figure('longest wait of the event loop meanwhile, of CPU', most('cpuMs'))),
  ]
}

function p99(name: string, all: readonly Spent[]): BenchResult[] {
  const of = (part: keyof Spent): number =>
    percentile(
      all.map((one) => one[part]),
      0.99,
    )
  return [atMost(20, figure(`${name} p99`, of('ms'))), atMost(20, figure(`${name} p99 of CPU`, of('cpuMs')))]
}

function p95(name: string, all: readonly Spent[], limit: number): BenchResult[] {
  const of = (part: keyof Spent): number =>
    percentile(
      all.map((one) => one[part]),
      0.95,
    )
  return [
    atMost(limit, figure(`${name} p95`, of('ms'))),
    figure(
      `${name} p50 of CPU`,
      percentile(
        all.map(({ cpuMs }) => cpuMs),
        0.5,
      ),
    ),
    atMost(limit, figure(`${name} p95 of CPU`, of('cpuMs'))),
  ]
}

/** The longest time that nothing else could run, by the clock and of this thread's processor time, not of one piece of work. */
function watchLoop(): { stop(): Spent } {
  let longest: Spent = { ms: 0, cpuMs: 0 }
  let last = { ms: performance.now(), cpuMs: threadMs() }
  let going = true
  const look = (): void => {
    const now = { ms: performance.now(), cpuMs: threadMs() }
    longest = {
      ms: Math.max(longest.ms, now.ms - last.ms),
      cpuMs: Math.max(longest.cpuMs, now.cpuMs - last.cpuMs),
    }
    last = now
    if (going) void setImmediate().then(look)
  }
  look()
  return {
    stop() {
      going = false
      return longest
    },
  }
}

function threadMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}

function ticket(n: number, createdMs: number) {
  const form = {
    projectKey: 'OPS',
    title: 'One more',
    priorityId: '1',
    priorityName: 'Highest',
    status: 'To Do',
  }
  return { ...form, id: `new-${n}`, key: `OPS-${n}`, createdMs, updatedMs: createdMs }
}

function figure(name: string, value: number) {
  return { name, value, unit: 'ms' }
}

const ADD = `
  INSERT INTO tickets (site_id, id, key, project_key, title, priority_id, priority_name, status, created_ms, updated_ms,
    first_seen_ms)
  WITH RECURSIVE numbers (n) AS (
    SELECT CAST(@from AS INTEGER) UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < @to
  )
  SELECT @site, 1000000000 + n, 'TPM-' || n, CASE n * n % 5 WHEN 0 THEN 'TPM' WHEN 1 THEN 'OPS' ELSE 'WEB' END,
    'Payments time out for customers in region ' || (n % 97), CAST(n % 2 + 1 AS TEXT), 'High', 'To Do',
    CAST(@startMs AS INTEGER) + n * ${60_000 / PER_MINUTE}, CAST(@startMs AS INTEGER) + n * ${60_000 / PER_MINUTE}, 0
  FROM numbers`

const COUNT_THEM = `
  INSERT INTO minute_counts (site_id, priority_id, minute, project_key, count, seq)
    SELECT site_id, priority_id, created_ms / 60000, project_key, COUNT(*), 1 FROM tickets GROUP BY 1, 2, 3, 4;
  INSERT INTO day_counts (site_id, priority_id, day, project_key, count)
    SELECT site_id, priority_id, minute / 1440, project_key, SUM(count) FROM minute_counts GROUP BY 1, 2, 3, 4;
  INSERT INTO field_counts (site_id, priority_id, minute, project_key, issue_type, rehearsed, count)
    SELECT site_id, priority_id, created_ms / 60000, project_key, 'Type ' || (rowid % 3), 0, COUNT(*) FROM tickets
    WHERE created_ms >= (SELECT MAX(created_ms) - 86400000 FROM tickets) GROUP BY 1, 2, 3, 4, 5, 6;
  INSERT INTO site_seq (site_id, seq, reset_seq) VALUES ('${SITE}', 1, 0)`

/** As a file is that never had the sums. */
const MAKE_OLDER = `
  DROP TABLE usual_counts;
  DROP TABLE old_usual_counts;
  DELETE FROM migrations WHERE number IN (28, 34)`

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  console.table(await run(Number(process.argv[2] ?? TICKETS)))
}
