import { channel } from 'node:diagnostics_channel'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { pino } from 'pino'
import { createEventHub } from '../src-shared/contract/client.ts'
import { PRIORITY_FIELD } from '../src-shared/domain/ticket.ts'
import { createSiteTime, machineClock } from '../src-main/runtime/clock.ts'
import { createCloudJira } from '../src-main/jira/cloud/cloud.ts'
import { startTestServer } from '#jira-sandbox/testing'
import { openSqliteStore } from '../src-main/store/sqlite/store.ts'
import { createSync, type Sync } from '../src-main/sync/sync.ts'
import { createHandClock } from '../test-support/sync/clock.ts'
import type { BenchResult } from './bench.ts'

const INTERVAL_MS = 5_000
const MINUTES = 90
const MINUTE = 60_000
/** 36 % of them are watched: the census goes through them in several parts. */
const HISTORY_TICKETS = 30_000
const WATCHED = [
  { id: '1', name: 'Highest' },
  { id: '2', name: 'High' },
]

/**
 * What an app that fetches every five seconds asks of a Jira in which nothing happens, minute by minute of an hour and a
 * half, as the sandbox counts it; the census and the proofs of identity are in it.
 */
export async function run(): Promise<BenchResult[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'jira-tpm-bench-'))
  const sandbox = await startTestServer({ historyTickets: HISTORY_TICKETS, historyHours: 24 * 90 })
  const clock = createHandClock(sandbox.clock.now())
  const store = await openSqliteStore({ file: path.join(folder, 'tpm.sqlite'), clock: machineClock })
  const sync = createSync({
    siteId: sandbox.siteId,
    projectKey: null,
    watchedField: { id: PRIORITY_FIELD, name: 'Priority' },
    watched: WATCHED,
    jira: createCloudJira({ ...sandbox, clock }),
    store,
    clock,
    siteTime: createSiteTime(clock),
    hub: createEventHub(),
    owner: 'bench',
    intervalMs: INTERVAL_MS,
    log: pino({ level: 'silent' }),
  })
  const requests = countRequests()
  try {
    sync.start()
    await quiet(sync, requests)
    const minutes: number[] = []
    for (let minute = 0; minute < MINUTES; minute++) {
      requests.count = 0
      await clock.pass(MINUTE, async (stepMs) => {
        sandbox.clock.set(sandbox.clock.now() + stepMs)
        await quiet(sync, requests)
      })
      minutes.push(requests.count)
    }
    return results(minutes)
  } finally {
    requests.stop()
    await sync.stop()
    await store.close()
    await sandbox.stop()
    await rm(folder, { recursive: true })
  }
}

function results(minutes: readonly number[]): BenchResult[] {
  const most = Math.max(...minutes)
  const mean = minutes.reduce((sum, count) => sum + count, 0) / minutes.length
  return [
    {
      name: 'requests of a quiet minute, the busiest',
      value: most,
      unit: '',
      target: '≤ 15',
      met: most <= 15,
    },
    { name: 'requests of a quiet minute, mean', value: mean, unit: '' },
  ]
}

interface Requests {
  count: number
  open: number
  stop(): void
}

/** Counts what this process's servers are asked. */
function countRequests(): Requests {
  const started = channel('http.server.request.start')
  const finished = channel('http.server.response.finish')
  const onStart = (): void => {
    requests.count += 1
    requests.open += 1
  }
  const onFinish = (): void => void (requests.open -= 1)
  const requests: Requests = {
    count: 0,
    open: 0,
    stop() {
      started.unsubscribe(onStart)
      finished.unsubscribe(onFinish)
    },
  }
  started.subscribe(onStart)
  finished.subscribe(onFinish)
  return requests
}

/** Resolves when neither a fetch nor a census goes on: for a while nothing was asked. */
async function quiet(sync: Sync, requests: Requests): Promise<void> {
  for (let looks = 0, seen = -1; looks < 3; looks++) {
    await delay(3)
    const isBusy = sync.status().state === 'fetching' || requests.open > 0 || requests.count !== seen
    if (isBusy) looks = -1
    seen = requests.count
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.table(await run())
