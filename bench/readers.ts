import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { readMinutes, writeLargeRun } from '../test-support/server/readers.ts'
import { atMost, percentile, type BenchResult } from './bench.ts'
import type { WatchersJob, WatchersWord } from './fixtures/run-watchers.ts'
import { makeTokens } from '../test-support/tokens/make-tokens.ts'
import { callServer, serveWorkspace, type ServedWorkspace } from './fixtures/served-workspace.ts'
import { loopDelay, TELL_LOOP_DELAY } from './fixtures/loop-delay.ts'

const CALLS = 1_000
const SLOTS = 100_000
const MINUTES = [60, 1_440, 10_080]
const HEAP_MB = 512
const VIEWERS = 1_000
const PROCESSES = 2
/** Each is a caller of its own; a browser would be, too. */
const TOKENS = 200
/** 1,000 tickets in an hour of the site, which takes a minute. */
const RUN = { count: 1_000, minutes: 60, compress: 60, seed: 7 }

const WATCHERS = fileURLToPath(new URL('./fixtures/run-watchers.ts', import.meta.url))

/** What readers cost the built server: one who asks for a large run's minutes again and again, and a thousand with a run in sight. */
export async function run(): Promise<BenchResult[]> {
  const results: BenchResult[] = []
  for (const minutes of MINUTES) results.push(...(await onWorkspace((served) => oneReader(served, minutes))))
  return [...results, ...(await onWorkspace(manyViewers))]
}

interface Served extends ServedWorkspace {
  readonly dataDir: string
  readonly tokens: readonly string[]
}

async function onWorkspace(work: (served: Served) => Promise<BenchResult[]>): Promise<BenchResult[]> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'jira-tpm-bench-'))
  try {
    const tokens = await makeTokens(dataDir, TOKENS + 1, 'admin')
    const [admin = ''] = tokens
    const nodeFlags = [`--max-old-space-size=${HEAP_MB}`, '--import', TELL_LOOP_DELAY]
    const served = await serveWorkspace(dataDir, admin, nodeFlags)
    try {
      return await work({ ...served, dataDir, tokens })
    } finally {
      await served.stop()
    }
  } finally {
    await rm(dataDir, { recursive: true, maxRetries: 5 })
  }
}

async function oneReader(served: Served, minutes: number): Promise<BenchResult[]> {
  const runId = await writeLargeRun(served.dataDir, SLOTS, minutes)
  const [, token = ''] = served.tokens
  await loopDelay(served.child)
  const { tookMs, answers, healthMs } = await readMinutes({ url: served.url, token, runId }, CALLS)
  const { p99Ms } = await loopDelay(served.child)
  const of = `${CALLS} calls for ${SLOTS} slots in ${minutes} minutes`
  return [
    { name: `${of}: answered in`, value: tookMs / 1_000, unit: 's' },
    { name: `${of}: refused for a moment`, value: answers.get(429) ?? 0, unit: '' },
    atMost(50, { name: `${of}: /health, p95`, value: percentile(healthMs, 0.95), unit: 'ms' }),
    { name: `${of}: event-loop delay, p99`, value: p99Ms, unit: 'ms' },
    atMost(350, { name: `${of}: resident memory at most`, value: served.memoryMb().most, unit: 'MB' }),
  ]
}

async function manyViewers(served: Served): Promise<BenchResult[]> {
  const [admin = '', ...tokens] = served.tokens
  const { runId } = (await callServer(served.url, admin, 'runs.start', RUN)) as { runId: string }
  const job: WatchersJob = { url: served.url, tokens, count: VIEWERS / PROCESSES, runId }
  const children = Array.from({ length: PROCESSES }, () =>
    fork(WATCHERS, { execArgv: ['--disable-warning=ExperimentalWarning'] }),
  )
  await Promise.all(children.map((child) => order(child, job)))
  await loopDelay(served.child)
  for (;;) {
    const { state } = (await callServer(served.url, admin, 'runs.get', { runId })) as { state: string }
    if (state === 'done') break
    await new Promise((resolve) => setTimeout(resolve, 1_000))
  }
  const { p50Ms, p99Ms, maxMs } = await loopDelay(served.child)
  const words = await Promise.all(children.map((child) => order(child, 'tell')))
  for (const child of children) child.disconnect()
  const tookMs = words.flatMap((word) => word.tookMs)
  const of = `${VIEWERS} viewers of a run of ${RUN.count}`
  return [
    { name: `${of}: readings of its minutes`, value: tookMs.length, unit: '' },
    { name: `${of}: a reading, p95`, value: percentile(tookMs, 0.95), unit: 'ms' },
    atMost(0, {
      name: `${of}: readings refused`,
      value: words.reduce((sum, { not200 }) => sum + not200, 0),
      unit: '',
    }),
    { name: `${of}: event-loop delay, p50`, value: p50Ms, unit: 'ms' },
    atMost(20, { name: `${of}: event-loop delay, p99`, value: p99Ms, unit: 'ms' }),
    { name: `${of}: event-loop delay at most`, value: maxMs, unit: 'ms' },
    { name: `${of}: resident memory at most`, value: served.memoryMb().most, unit: 'MB' },
  ]
}

async function order(child: ChildProcess, what: WatchersJob | 'tell'): Promise<WatchersWord> {
  child.send(what)
  const [word] = (await once(child, 'message')) as [WatchersWord]
  return word
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.table(await run())
