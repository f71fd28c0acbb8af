import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { DEFAULT_SANDBOX, startSandbox } from '#jira-sandbox'
import { atMost, percentile, type BenchResult } from './bench.ts'
import type { PacedRun, PacedWord } from './fixtures/paced-run.ts'

const SCRIPT = fileURLToPath(new URL('./fixtures/run-paced.ts', import.meta.url))
/** 50 slots a second, evenly, for 20 s. */
const DENSE = { count: 1_000, minutes: 1 / 3, profile: 'even', seed: 7 }
/** As many tickets a minute as a run of 100 an hour has: 5 in 3 minutes. */
const USUAL = { count: 5, minutes: 3, seed: 7 }
/** What a process does once, compiling and tidying up after its start, is nothing of an hour's run. */
const WARM_UP_MS = 60_000

/**
 * How late a run's requests go out when 50 are due each second, and what a run of 100 tickets an hour costs: both in a
 * process of its own beside the sandbox, in real time.
 */
export async function run(): Promise<BenchResult[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'jira-tpm-bench-'))
  const sandbox = await startSandbox({
    file: path.join(folder, 'sandbox.sqlite'),
    settings: { ...DEFAULT_SANDBOX, historyTickets: 0 },
  })
  const { url, email, apiToken, siteId } = sandbox
  const paced = (name: string, request: PacedRun['request'], warmUpMs = 0): Promise<PacedWord> =>
    runPaced({
      site: { url, email, apiToken },
      siteId,
      file: path.join(folder, `${name}.sqlite`),
      request,
      warmUpMs,
    })
  try {
    const dense = await paced('dense', DENSE)
    const usual = await paced('usual', USUAL, WARM_UP_MS)
    const late = (share: number): number => percentile(dense.latenessMs, share)
    return [
      { name: 'lateness with 50 slots a second, p50', value: late(0.5), unit: 'ms' },
      { name: 'lateness with 50 slots a second, p95', value: late(0.95), unit: 'ms' },
      atMost(50, { name: 'lateness with 50 slots a second, p99', value: late(0.99), unit: 'ms' }),
      { name: 'lateness with 50 slots a second, max', value: late(1), unit: 'ms' },
      atMost(0.2, {
        name: 'CPU of a run of 100 tickets an hour after its first minute, share of a core',
        value: (100 * usual.cpuMs) / usual.tookMs,
        unit: '%',
      }),
    ]
  } finally {
    await sandbox.stop()
    await rm(folder, { recursive: true })
  }
}

async function runPaced(job: PacedRun): Promise<PacedWord> {
  const child = fork(SCRIPT, { execArgv: ['--disable-warning=ExperimentalWarning'] })
  child.send(job)
  const [word] = (await once(child, 'message')) as [PacedWord]
  child.disconnect()
  return word
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.table(await run())
