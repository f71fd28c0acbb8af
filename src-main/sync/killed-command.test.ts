import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { pino } from 'pino'
import { expect, inject, onTestFinished, test } from 'vitest'
import { DEFAULT_SANDBOX } from '#jira-sandbox'
import { storeText } from '../config/store-config.ts'
import { createTestHandles } from '#jira-sandbox/testing'
import { makeTestData } from '../../test-support/store/store.ts'
import { openSandbox } from '../workspace/sandbox-connection.ts'
import { testFolder } from '../../test-support/end.ts'
import { TEST_SCOPE } from '../../test-support/sync/sync.ts'
import { expectTruth, storedOf, truthOf } from '../../test-support/sync/truth.ts'

/** More of them are watched than are fetched in one go. */
const TICKETS = 16_000
/** How long a lease runs that nobody renews. */
const LEASE_MS = 8_000
const KILLS = process.env['JIRA_TPM_LONG'] ? 12 : 3

test(
  'a command that fetches and is killed again and again ends with every ticket stored once, and no lease is waited out',
  { timeout: KILLS * 30_000 + 60_000 },
  async () => {
    const dataDir = testFolder()
    const sandbox = await openSandbox({
      config: { dataDir, sandbox: { ...DEFAULT_SANDBOX, historyTickets: TICKETS, historyHours: 24 } },
      log: pino({ level: 'silent' }),
    })
    onTestFinished(() => sandbox.stop())
    const data = await makeTestData()
    const store = await data.open()
    const startFetch = (): ChildProcess => fetchInto(storeText(data.config), dataDir)
    const stored = (): Promise<number> => store.ticketTotal(sandbox.siteId, TEST_SCOPE)

    for (let n = 0; n < KILLS; n++) {
      const before = await stored()
      const beganMs = performance.now()
      const fetching = startFetch()
      await expect.poll(stored, { timeout: 30_000, interval: 3 }).toBeGreaterThan(before)
      expect(performance.now() - beganMs).toBeLessThan(LEASE_MS)
      fetching.kill('SIGKILL')
      const [, signal] = (await once(fetching, 'exit')) as [number | null, string | null]
      expect(signal).toBe('SIGKILL')
    }
    const truth = await truthOf(createTestHandles(sandbox), TEST_SCOPE)
    expect(await stored()).toBeLessThan(truth.tickets.length) // it was killed in the middle

    const [code] = (await once(startFetch(), 'exit')) as [number]
    expect(code).toBe(0)
    expectTruth(await storedOf(store, sandbox.siteId, TEST_SCOPE), truth)
  },
)

function fetchInto(store: string, dataDir: string): ChildProcess {
  const args = ['fetch-tickets', '--data-dir', dataDir, '--store', store]
  return spawn(process.execPath, [inject('programs').cli, ...args], {
    cwd: dataDir,
    stdio: 'ignore',
  })
}
