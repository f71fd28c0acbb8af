import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import type { Readable } from 'node:stream'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'vite'
import { DEFAULT_SANDBOX, startSandbox, type Sandbox } from '#jira-sandbox'
import { machineClock } from '../src-main/runtime/clock.ts'
import { projectFile } from '../src-main/runtime/project-files.ts'
import { openSqliteStore } from '../src-main/store/sqlite/store.ts'
import { median, type BenchResult } from './bench.ts'
import { firstSync } from './fixtures/first-sync.ts'
import { onPostgres } from './fixtures/postgres.ts'

const TICKETS = 10_000
const HISTORY_HOURS = 24 * 30
const ROUNDS = 9
const WATCHED = ['Highest', 'High', 'Medium', 'Low', 'Lowest'].map((name, n) => ({ id: String(n + 1), name }))

/** As many pages as a first sync asks for at once. */
const AT_ONCE = 4

const TARGETS = { SQLite: 1.5, PostgreSQL: 2 } as const

/**
 * `jira-tpm fetch-tickets` of 10,000 tickets into a new store, from its process's start to its end, in pairs with a
 * process of one file that fetches and checks the same pages and does nothing else: one page after the other, and as many
 * at once. The Jira is the sandbox, in this process.
 */
export async function run(): Promise<BenchResult[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'jira-tpm-bench-'))
  const sandbox = await startSandbox({
    file: path.join(folder, 'sandbox.sqlite'),
    settings: { ...DEFAULT_SANDBOX, historyTickets: TICKETS, historyHours: HISTORY_HOURS },
  })
  try {
    const bare = await bareProcess(folder, sandbox)
    const intoFile = await rounds(sandbox, bare, async (n) => `sqlite:${path.join(folder, `${n}.sqlite`)}`)
    const results = resultsOf('SQLite', intoFile)
    return await onPostgres(async (server) => {
      const url = async (n: number): Promise<string> => {
        const database = await server.database(`fresh_${n}`)
        await database.settle()
        return database.url
      }
      return [...results, ...resultsOf('PostgreSQL', await rounds(sandbox, bare, url))]
    })
  } finally {
    await sandbox.stop()
    await rm(folder, { recursive: true })
  }
}

/** Milliseconds. */
interface Took {
  readonly wall: number
  readonly cpu: number
}

interface Round {
  readonly fetched: Took
  readonly bare: Took
  readonly bareAtOnce: Took
}

type Bare = (atOnce: number) => Promise<Took>

async function rounds(sandbox: Sandbox, bare: Bare, store: (n: number) => Promise<string>): Promise<Round[]> {
  const done: Round[] = []
  for (let n = 0; n <= ROUNDS; n++) {
    const into = await store(n)
    done.push({
      fetched: await fetchInto(into, sandbox),
      bare: await bare(1),
      bareAtOnce: await bare(AT_ONCE),
    })
  }
  return done.slice(1) // the first pays for what is compiled once
}

function resultsOf(engine: keyof typeof TARGETS, all: readonly Round[]): BenchResult[] {
  const of = (which: keyof Round, what: keyof Took): number => median(all.map((round) => round[which][what]))
  const times = (which: keyof Round, what: keyof Took): number =>
    median(all.map((round) => round.fetched[what] / round[which][what]))
  const most = TARGETS[engine]
  const value = times('bare', 'wall')
  return [
    {
      name: `a fresh process fetches 10,000 tickets into ${engine}, median`,
      value: of('fetched', 'wall'),
      unit: 'ms',
    },
    { name: 'a bare process that fetches and checks the same pages', value: of('bare', 'wall'), unit: 'ms' },
    {
      name: 'the fetch, times as long as the bare process of its round',
      value,
      unit: 'times',
      target: `≤ ${most} times`,
      met: value <= most,
    },
    {
      name: 'times as long as a bare one with as many pages at once',
      value: times('bareAtOnce', 'wall'),
      unit: 'times',
    },
    { name: 'CPU time of the fetch', value: of('fetched', 'cpu'), unit: 'ms' },
    { name: 'times the CPU time of the bare process', value: times('bare', 'cpu'), unit: 'times' },
  ]
}

async function fetchInto(store: string, { url, email, apiToken }: Sandbox): Promise<Took> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'jira-tpm-bench-'))
  try {
    const { took, printed } = await start(
      [projectFile('out', 'main', 'cli.js'), 'fetch-tickets', '--store', store],
      dataDir,
      {
        JIRA_TPM_DATA_DIR: dataDir,
        JIRA_URL: url,
        JIRA_USER: email,
        JIRA_API_KEY: apiToken,
        JIRA_WATCH: WATCHED.map(({ name }) => name).join(','),
      },
    )
    if (!printed.includes(`${TICKETS} new`)) throw new Error(`Not all tickets came: ${printed}`)
    return took
  } finally {
    await rm(dataDir, { recursive: true })
  }
}

/** Built as the program is, of one file. */
async function bareProcess(folder: string, sandbox: Sandbox): Promise<Bare> {
  const store = await openSqliteStore({ file: path.join(folder, 'queries.sqlite'), clock: machineClock })
  const { queries } = await firstSync(sandbox, store, WATCHED)
  await store.close()
  const outDir = path.join(folder, 'bare')
  await build({
    configFile: false,
    logLevel: 'error',
    root: projectFile(),
    build: { ssr: fileURLToPath(new URL('./fixtures/run-bare-fetch.ts', import.meta.url)), outDir },
    ssr: { noExternal: true },
  })
  return async (atOnce) => {
    const pages = path.join(folder, 'pages.json')
    const { url, email, apiToken } = sandbox
    await writeFile(pages, JSON.stringify({ sandbox: { url, email, apiToken }, queries, atOnce }))
    const { took, printed } = await start([path.join(outDir, 'run-bare-fetch.js'), pages], folder, {})
    if (Number(printed) !== TICKETS) throw new Error(`Not all tickets came: ${printed}`)
    return took
  }
}

/** Writes the CPU time of its whole process into the fourth file that it was given. */
const TELL_CPU =
  "import{writeSync}from'node:fs';process.on('exit',()=>{const{user,system}=process.cpuUsage();writeSync(3,String(user+system))})"

async function start(
  argv: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<{ took: Took; printed: string }> {
  const began = performance.now()
  const child = spawn(process.execPath, ['--import', `data:text/javascript,${TELL_CPU}`, ...argv], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  const [printed, said, cpuUs] = await Promise.all([1, 2, 3].map((n) => text(child.stdio[n] as Readable)))
  if (child.exitCode === null) await once(child, 'exit')
  const wall = performance.now() - began
  if (child.exitCode !== 0) throw new Error(`${argv.join(' ')}: ${said ?? ''}`)
  return { took: { wall, cpu: Number(cpuUs) / 1_000 }, printed: printed ?? '' }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.table(await run())
