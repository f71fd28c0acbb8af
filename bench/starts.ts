import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { projectFile } from '../src-main/runtime/project-files.ts'
import { median, type BenchResult } from './bench.ts'

const ROUNDS = 15
const READS_TIMES = 5
const HELP_TIMES = 3
const COMMANDS = [
  ['--help', HELP_TIMES],
  ['--version', HELP_TIMES],
  ['counts', READS_TIMES],
  ['runs', READS_TIMES],
  ['left-tickets', READS_TIMES],
  ['export', READS_TIMES],
] as const

/**
 * How long a command takes from its process's start to its end, on a workspace whose tickets are in a file, and how many
 * times as long as `node -e 0`, which is started right before it each time.
 */
export async function run(): Promise<BenchResult[]> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'jira-tpm-bench-'))
  const cli = projectFile('out', 'main', 'cli.js')
  const start = (...argv: string[]): number => {
    const began = performance.now()
    const { status, stderr } = spawnSync(process.execPath, argv, {
      env: { ...process.env, JIRA_TPM_DATA_DIR: dataDir },
      cwd: dataDir,
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(`${argv.join(' ')}: ${stderr}`)
    return performance.now() - began
  }
  try {
    await writeFile(path.join(dataDir, 'config.json'), JSON.stringify({ sandbox: { historyTickets: 100 } }))
    start(cli, 'fetch-tickets')
    return COMMANDS.flatMap(([command, times]) => {
      start(cli, command) // what is compiled once
      const pairs = Array.from({ length: ROUNDS }, () => [start('-e', '0'), start(cli, command)] as const)
      const value = median(pairs.map(([bareMs, ms]) => ms / bareMs))
      return [
        { name: `${command}, median`, value: median(pairs.map(([, ms]) => ms)), unit: 'ms' },
        {
          name: `${command}, by bare node of the same moment, median`,
          value,
          unit: 'times',
          target: `≤ ${times} times`,
          met: value <= times,
        },
      ]
    })
  } finally {
    await rm(dataDir, { recursive: true, maxRetries: 5 })
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.table(await run())
