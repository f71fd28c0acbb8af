import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { machineClock } from '../src-main/runtime/clock.ts'
import { openSqliteStore } from '../src-main/store/sqlite/store.ts'
import { runningInstances } from '../src-main/workspace/instance.ts'
import { atLeast, atMost, median, percentile, type BenchResult } from './bench.ts'
import { countsBesideBare, countsRate, ROUNDS, WARM_UP_SECONDS } from './fixtures/counts-rate.ts'
import { makeTokens } from '../test-support/tokens/make-tokens.ts'
import { serveWorkspace, type ServedWorkspace } from './fixtures/served-workspace.ts'
import { openSockets } from './fixtures/sockets.ts'
import { delaysOf } from './fixtures/told-delays.ts'

const STARTS = 5
const VIEWERS = 1_000
const PROCESSES = 2
const TOKENS = 10

/** The built server, as `jira-tpm serve` starts it, with callers and viewers in processes of their own on the same machine. */
export async function run(): Promise<BenchResult[]> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'jira-tpm-bench-'))
  try {
    const tokens = await makeTokens(dataDir, TOKENS)
    const [token = ''] = tokens
    const results = [...(await starts(dataDir, token)), ...(await whatCheckingCosts(dataDir, token))]
    const served = await serveWorkspace(dataDir, token)
    try {
      results.push(...(await callsPerSecond(served, token)), ...(await viewers(dataDir, served, tokens)))
    } finally {
      await served.stop()
    }
    return [
      ...results,
      { name: 'load average of the machine in the last minute', value: loadavg()[0] ?? NaN, unit: '' },
    ]
  } finally {
    await rm(dataDir, { recursive: true, maxRetries: 5 })
  }
}

async function starts(dataDir: string, token: string): Promise<BenchResult[]> {
  const times: number[] = []
  for (let n = 0; n <= STARTS; n++) {
    const served = await serveWorkspace(dataDir, token)
    if (n > 0) times.push(served.startMs) // the first one fills the workspace
    await served.stop()
  }
  return [atMost(1_000, { name: 'server start to first answer, median', value: median(times), unit: 'ms' })]
}

async function callsPerSecond({ url }: ServedWorkspace, token: string): Promise<BenchResult[]> {
  const { rates, bareRates } = await countsBesideBare(url, token)
  const unit = 'requests/s'
  return [
    atLeast(20_000, { name: '60-bucket counts with a token, median', value: median(rates), unit }),
    { name: 'as many bytes from a bare node:http server, median', value: median(bareRates), unit },
  ]
}

const COUNTS_SERVER = fileURLToPath(new URL('./fixtures/run-counts-server.ts', import.meta.url))

/** The same server twice, of which one takes everybody for the same caller: in turns, as the machine is never the same. */
async function whatCheckingCosts(dataDir: string, token: string): Promise<BenchResult[]> {
  const servers = await Promise.all(
    ['checked', 'open'].map(async (mode) => {
      const child = fork(COUNTS_SERVER, [dataDir, mode], {
        execArgv: ['--disable-warning=ExperimentalWarning'],
      })
      const [url] = (await once(child, 'message')) as [string]
      return { child, url }
    }),
  )
  const [checked, open] = servers
  try {
    await countsRate(checked?.url ?? '', token, WARM_UP_SECONDS)
    await countsRate(open?.url ?? '', null, WARM_UP_SECONDS)
    const shares: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const withToken = await countsRate(checked?.url ?? '', token)
      shares.push(withToken / (await countsRate(open?.url ?? '', null)))
    }
    const name = 'with a token, as a share of the same route without'
    return [atLeast(0.7, { name, value: median(shares), unit: '' })]
  } finally {
    for (const { child } of servers) {
      child.disconnect()
      await once(child, 'exit')
    }
  }
}

async function viewers(
  dataDir: string,
  served: ServedWorkspace,
  tokens: readonly string[],
): Promise<BenchResult[]> {
  const count = VIEWERS / PROCESSES
  const all = await Promise.all(
    Array.from({ length: PROCESSES }, () => openSockets({ url: served.url, tokens, count })),
  )
  try {
    const store = await openSqliteStore({ file: path.join(dataDir, 'tpm.sqlite'), clock: machineClock })
    const siteId = runningInstances(dataDir).find(({ sandbox }) => sandbox !== null)?.sandbox?.siteId ?? ''
    const delays = await delaysOf({ store, siteId }, all)
    await store.close()
    const { now, most } = served.memoryMb()
    return [
      { name: `a change to ${VIEWERS} viewers, p50`, value: percentile(delays, 0.5), unit: 'ms' },
      atMost(150, {
        name: `a change to ${VIEWERS} viewers, p95`,
        value: percentile(delays, 0.95),
        unit: 'ms',
      }),
      atMost(250, { name: 'resident memory with them', value: now, unit: 'MB' }),
      { name: 'resident memory at most, since its start', value: most, unit: 'MB' },
    ]
  } finally {
    for (const sockets of all) await sockets.close()
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.table(await run())
