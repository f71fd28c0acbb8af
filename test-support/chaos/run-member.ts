import { waitsForStore } from '../../src-shared/domain/run/run-reason.ts'
import { syncBuiltinESMExports } from 'node:module'
import os from 'node:os'
import { pino } from 'pino'
import type { Client } from '../../src-shared/contract/client.ts'
import type { CountsChanged } from '../../src-shared/contract/events.ts'
import { minuteOf, startOfMinute } from '../../src-shared/domain/minute.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { createApp, type App } from '../../src-main/app/app.ts'
import { machineClock } from '../../src-main/runtime/clock.ts'
import { readConfig } from '../../src-main/config/read-config.ts'
import { createSecrets } from '../../src-main/secrets/secrets.ts'
import { createMemoryKeychain } from '../secrets/secrets.ts'
import { never, obey, say } from '../process/obey.ts'
import type { Chart, MemberJob, MemberOrder, MemberWord } from './member.ts'

// One instance of the app, whole: it fetches or follows, draws a chart from a snapshot and live changes, and works on
// runs as a person would who resumes whatever stands still.

const SYNC_MS = 500
const LOOK_MS = 150
const HOUR_MS = 3_600_000

function bug(error: unknown): void {
  say({
    said: 'bug',
    text: error instanceof Error ? (error.stack ?? error.message) : String(error),
  } satisfies MemberWord)
}

/** What is logged as an error is none of the faults of servers and networks: those are told as warnings. */
function openLog(): pino.Logger {
  return pino({ level: 'error' }, { write: bugOf })
}

function bugOf(line: string): void {
  const { msg, err } = JSON.parse(line) as { msg: string; err?: { stack: string } }
  say({ said: 'bug', text: `${msg}\n${err?.stack ?? ''}` } satisfies MemberWord)
}

async function begin(job: MemberJob): Promise<{ app: App; chart: () => Chart | null; finish: () => void }> {
  os.hostname = () => job.host
  syncBuiltinESMExports()
  const { dataDir, site } = job
  const env = { JIRA_URL: site.url, JIRA_USER: site.email, JIRA_API_KEY: site.apiToken }
  const config = {
    ...readConfig({ flags: { dataDir }, env, cwd: dataDir }),
    store: job.store,
    fallback: null,
    syncIntervalMs: SYNC_MS,
  }
  const log = openLog()
  const secrets = createSecrets({ dataDir, log, keychain: createMemoryKeychain() })
  const app = createApp(config, { log, readConfig: () => config, secrets })
  app.hub.on('store.changed', ({ failure }) =>
    say({ said: 'store', failure: failure?.code ?? null } satisfies MemberWord),
  )
  let led = false
  app.hub.on('sync.changed', ({ by, lastSuccessMs }) => {
    const leads = by === null && lastSuccessMs !== null
    if (leads && !led) say({ said: 'leads' } satisfies MemberWord)
    led = leads
  })
  const chart = drawChart(app.client)
  await opened(app)
  const siteId = (await app.client.call('session.get', {})).site.id
  say({ said: 'open', siteId } satisfies MemberWord)
  let finishing = false
  void workOnRuns(app.client, siteId, () => (finishing ? null : job.runs))
  return { app, chart, finish: () => void (finishing = true) }
}

/** A Jira that fails just then keeps an app from opening: a person tries again. */
async function opened(app: App): Promise<void> {
  for (let started = false; !started;) {
    try {
      await app.start()
      started = true
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      await machineClock.sleep(LOOK_MS, never)
      app.wake()
    }
  }
}

/** As the window does: a snapshot, then what changed since; where something between was missed, a new snapshot. */
function drawChart(client: Client): () => Chart | null {
  const nowMs = startOfMinute(minuteOf(machineClock.now()))
  const span = { fromMs: nowMs - 2 * HOUR_MS, toMs: nowMs + 2 * HOUR_MS, bucketMinutes: 1 } as const
  let shown: { seq: number; cells: Map<string, number> } | null = null
  let waiting: CountsChanged[] = []
  let loading = false

  const apply = (event: CountsChanged): boolean => {
    if (shown === null || event.reset || event.prevSeq > shown.seq) return false
    if (event.seq <= shown.seq) return true
    for (const { minute, priorityId, count } of event.changes)
      shown.cells.set(`${minute} ${priorityId}`, count)
    shown.seq = event.seq
    return true
  }
  const load = async (): Promise<void> => {
    if (loading) return
    loading = true
    for (let complete = false; !complete;) {
      waiting = []
      try {
        const { seq, fromMinute, priorityIds, counts } = await client.call('counts.get', span)
        const cells = new Map<string, number>()
        counts.forEach((line, i) => {
          line.forEach((count, n) => cells.set(`${fromMinute + n} ${priorityIds[i]}`, count))
        })
        shown = { seq, cells }
        complete = waiting.every(apply)
      } catch (error) {
        if (!(error instanceof AppError)) bug(error)
      }
      if (!complete) await machineClock.sleep(LOOK_MS, never)
    }
    loading = false
  }
  client.on('counts.changed', (event) => {
    if (loading) waiting.push(event)
    else if (!apply(event)) void load()
  })
  void load()
  return () =>
    shown === null || loading ? null : Object.fromEntries([...shown.cells].filter(([, count]) => count > 0))
}

/** Begins runs, and goes on with what stands still. */
async function workOnRuns(client: Client, siteId: string, toBegin: () => MemberJob['runs']): Promise<void> {
  for (;;) {
    await machineClock.sleep(LOOK_MS, never)
    try {
      const run = await client.call('runs.current', {})
      const next = toBegin()
      if (run?.state === 'broken' || (run?.state === 'paused' && !waitsForStore(run))) {
        await client.call('runs.resume', {})
        say({ said: 'works', runId: run.runId } satisfies MemberWord)
      } else if (next !== null && (run === null || run.state === 'done')) {
        const { runId } = await client.call('runs.start', { ...next, confirmedSite: siteId })
        say({ said: 'works', runId } satisfies MemberWord)
      }
    } catch (error) {
      // Another was faster, or the store or Jira is away.
      if (!(error instanceof AppError) || error.code === 'internal') bug(error)
    }
  }
}

process.on('unhandledRejection', bug)
let member: Awaited<ReturnType<typeof begin>> | undefined
await obey(async (order: MemberOrder) => {
  if (order.order === 'begin') member = await begin(order.job)
  if (order.order === 'finish') member?.finish()
  if (order.order === 'hurry') member?.app.client.call('runs.pause', {}).catch(() => {})
  if (order.order === 'chart') say({ said: 'chart', chart: member?.chart() ?? null } satisfies MemberWord)
})
await member?.app.stop()
process.exit(0)
