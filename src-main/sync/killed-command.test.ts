import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { machineClock } from '../clock.ts'
import { DEFAULT_SANDBOX } from '../config/config.ts'
import { projectFile } from '../project-files.ts'
import { createTestHandles } from '../sandbox/testing.ts'
import { openSqliteStore } from '../store/sqlite/store.ts'
import { openSandbox } from '../workspace/sandbox-connection.ts'
import { makeFolder, TEST_SCOPE } from './testing.ts'
import { expectTruth, storedOf, truthOf } from './testing-truth.ts'

/** More of them are watched than are fetched in one go. */
const TICKETS = 16_000
const KILLS = process.env['JIRA_TPM_LONG'] ? 12 : 3

test(
  'a command that fetches and is killed again and again ends with every ticket stored once',
  { timeout: KILLS * 30_000 + 60_000 },
  async () => {
    const dataDir = await makeFolder()
    const sandbox = await openSandbox({
      config: { dataDir, sandbox: { ...DEFAULT_SANDBOX, historyTickets: TICKETS, historyHours: 24 } },
      log: pino({ level: 'silent' }),
    })
    onTestFinished(() => sandbox.stop())
    const store = await openSqliteStore({ file: path.join(dataDir, 'tpm.sqlite'), clock: machineClock })
    onTestFinished(() => store.close())
    const stored = (): Promise<number> => store.ticketTotal(sandbox.siteId, TEST_SCOPE)

    for (let n = 0; n < KILLS; n++) {
      const before = await stored()
      const fetching = startFetch(dataDir)
      await expect.poll(stored, { timeout: 30_000, interval: 3 }).toBeGreaterThan(before)
      fetching.kill('SIGKILL')
      const [, signal] = (await once(fetching, 'exit')) as [number | null, string | null]
      expect(signal).toBe('SIGKILL')
    }
    const truth = await truthOf(createTestHandles(sandbox), TEST_SCOPE)
    expect(await stored()).toBeLessThan(truth.tickets.length) // it was killed in the middle

    const [code] = (await once(startFetch(dataDir), 'exit')) as [number]
    expect(code).toBe(0)
    expectTruth(await storedOf(store, sandbox.siteId, TEST_SCOPE), truth)
  },
)

function startFetch(dataDir: string): ChildProcess {
  const args = [projectFile('src-main', 'cli.ts'), 'fetch-tickets', '--data-dir', dataDir]
  return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
    cwd: dataDir,
    stdio: 'ignore',
  })
}
