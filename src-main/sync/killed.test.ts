import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { machineClock } from '../clock.ts'
import { DEFAULT_SANDBOX } from '../config/config.ts'
import { createCloudJira } from '../jira/cloud.ts'
import { projectFile } from '../project-files.ts'
import { openSqliteStore } from '../store/sqlite/store.ts'
import { openSandbox } from '../workspace/sandbox-connection.ts'

const TICKETS = 20_000
const WATCHED = { projectKey: null, priorityIds: ['1', '2'] }
/** Each kill leaves a lease that the next fetch waits out, so a short suite has few of them. */
const KILLS = process.env['JIRA_TPM_LONG'] ? 40 : 2

test(
  'a fetch that is killed again and again ends with every ticket stored once',
  { timeout: KILLS * 20_000 + 40_000 },
  async () => {
    const dataDir = await mkdtemp(path.join(tmpdir(), 'tpm-killed-'))
    const sandbox = await openSandbox({
      config: { dataDir, sandbox: { ...DEFAULT_SANDBOX, historyTickets: TICKETS, historyHours: 24 } },
      log: pino({ level: 'silent' }),
    })
    onTestFinished(async () => {
      await sandbox.stop()
      await rm(dataDir, { recursive: true })
    })

    const store = await openSqliteStore({ file: path.join(dataDir, 'tpm.sqlite'), clock: machineClock })
    onTestFinished(() => store.close())
    const stored = (): Promise<number> => store.ticketTotal(sandbox.siteId, WATCHED)

    let kills = 0
    for (let i = 0; i < KILLS; i++) {
      const fetching = startFetch(dataDir)
      // Somewhere between its first page and its last: the moments are spread over the fetch.
      const enough = 1 + Math.floor((TICKETS / 4) * (i / KILLS))
      await expect.poll(stored, { timeout: 30_000, interval: 5 }).toBeGreaterThanOrEqual(enough)
      if (fetching.kill('SIGKILL')) kills += 1
      await once(fetching, 'exit')
    }
    expect(kills).toBe(KILLS)
    const jira = createCloudJira({ ...sandbox, clock: machineClock })
    const { signal } = new AbortController()
    const watched = await jira.approximateCount('priority in (1, 2)', signal)
    expect(await stored()).toBeLessThan(watched) // it was killed in the middle

    const [code] = (await once(startFetch(dataDir), 'exit')) as [number]
    expect(code).toBe(0)
    expect(await stored()).toBe(watched)
    const span = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER, limit: TICKETS }
    expect(await store.tickets({ siteId: sandbox.siteId, ...WATCHED, ...span })).toHaveLength(watched)
  },
)

function startFetch(dataDir: string): ChildProcess {
  const args = [projectFile('src-main', 'cli.ts'), 'fetch-tickets', '--data-dir', dataDir]
  return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
    cwd: dataDir,
    stdio: 'ignore',
  })
}
