import { fileURLToPath } from 'node:url'
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { expect, test, vi } from 'vitest'
import { bundled } from '../../../test-support/process/bundled.ts'
import { startTestChild } from '../../../test-support/process/child.ts'
import { countDifferences } from '../../../test-support/store/count-differences.ts'
import type { OldTicketsWord } from '../../../test-support/store/know-old-tickets.ts'
import { fillOldTickets } from '../../../test-support/store/old-tickets.ts'
import { SITE } from '../../../test-support/store/pages.ts'
import { ENGINE, makeTestData, type TestData } from '../../../test-support/store/store.ts'
import { machineClock } from '../../runtime/clock.ts'

const LONG = process.env['JIRA_TPM_LONG'] !== undefined
/** Ten steps on a server, twenty in a file. */
const MADE = LONG ? 100_000 : 10_000
/** Which moments it strikes; JIRA_TPM_SEED repeats a campaign, as far as a machine does the same twice. */
const SEED = Number(process.env['JIRA_TPM_SEED'] ?? machineClock.now() % 2 ** 31)
const SCRIPT = fileURLToPath(new URL('../../../test-support/store/know-old-tickets.ts', import.meta.url))
const never = new AbortController().signal

test(
  'processes that are killed while they learn what runs made count no ticket twice and lose none',
  { timeout: LONG ? 600_000 : 120_000 },
  async () => {
    const data = await makeTestData()
    await fillOldTickets(await data.open(), MADE)
    const script = bundled(SCRIPT)
    const random = xoroshiro128plus(SEED)
    const seen = new Set([0])
    let [kills, stepMs] = [0, 20]
    for (let done = false; !done;) {
      const child = await startTestChild<OldTicketsWord>(script)
      child.tell({ store: data.config, siteId: SITE })
      await child.heard('step')
      const began = performance.now()
      // A moment of the first step, or of the one after it.
      await machineClock.sleep(uniformFloat64(random) * 2 * stepMs, never)
      const [code, livedMs] = [await child.kill(), performance.now() - began]
      stepMs = livedMs / child.words.filter(({ said }) => said === 'step').length
      done = child.words.some(({ said }) => said === 'done')
      if (code === null && !done) kills += 1
      await untilRolledBack(data)
      const known = await knownOf(data)
      seen.add(known)
      expect(await countDifferences((sql) => data.query(sql)), `after ${known} of ${MADE}`).toEqual([])
    }
    console.log(
      `old tickets with seed ${SEED}: ${kills} kills, found with ${[...seen].join(', ')} of ${MADE} known`,
    )
    expect(kills).toBeGreaterThan(4)
    expect(seen.size, 'places at which one died').toBeGreaterThan(3)
    expect(await knownOf(data)).toBe(MADE)
    const [others] = await data.query(
      `SELECT COUNT(*) AS n FROM tickets WHERE rehearsed IS NULL AND id LIKE 'other%'`,
    )
    expect(Number(others?.['n'])).toBe(MADE)
    const [counted] = await data.query('SELECT SUM(count) AS n FROM field_counts WHERE rehearsed = 1')
    expect(Number(counted?.['n'])).toBe(MADE)
  },
)

/** Of how many tickets it is known that a run made them. */
async function knownOf(data: TestData): Promise<number> {
  const [row] = await data.query('SELECT COUNT(*) AS n FROM tickets WHERE rehearsed = 1')
  return Number(row?.['n'])
}

/** A server learns of a process's death when it has done what it is at. */
async function untilRolledBack(data: TestData): Promise<void> {
  if (ENGINE === 'sqlite') return
  await vi.waitFor(async () => {
    const left = await data.query(
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'jira-tpm' AND xact_start IS NOT NULL`,
    )
    expect(left).toEqual([])
  }, 20_000)
}
