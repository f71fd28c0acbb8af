import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { expect, test } from 'vitest'
import { machineClock } from '../runtime/clock.ts'
import { bundled } from '../../test-support/process/bundled.ts'
import { runLabel } from './marks.ts'
import { onceEach, openBench, sharedSandbox, type Bench } from '../../test-support/generator/generator.ts'
import { startTestChild } from '../../test-support/process/child.ts'
import type { RivalJob, RivalWord } from '../../test-support/generator/run-rival.ts'

const LONG = process.env['JIRA_TPM_LONG'] !== undefined
const KILLS = LONG ? 40 : 4
const STALLS = LONG ? 12 : 1
/** Which moments it strikes; JIRA_TPM_SEED repeats a campaign, as far as a machine does the same twice. */
const SEED = Number(process.env['JIRA_TPM_SEED'] ?? machineClock.now() % 2 ** 31)

/** Ten slots a second, with room for what is struck. */
const RUN = { count: LONG ? 600 : 100, minutes: LONG ? 1 : 1 / 6, seed: 7 }
/** A worker is struck after so long at most (real ms). */
const STRIKE_WITHIN_MS = 1_200
/** Longer than any lease. */
const STALL_MS = 9_500
const never = new AbortController().signal

const shared = sharedSandbox()

test(
  'two processes on one project, killed and held up at any moment, make each slot’s ticket once',
  { timeout: (KILLS + STALLS) * 40_000 + 120_000 },
  async () => {
    const bench = await openBench(shared())
    const script = bundled('run-rival')
    const { url, email, apiToken, siteId } = bench.sandbox
    const job = { store: bench.data.config, site: { url, email, apiToken }, siteId }
    const join = (start: RivalJob['start'] = null): Promise<Rival> => startRival(script, { ...job, start })

    let rivals: readonly Rival[] = [await join(RUN), await join()]
    const random = xoroshiro128plus(SEED)
    /** The one that works, a moment later. */
    const struck = async (): Promise<Rival | null> => {
      await expect.poll(() => rivals.some(worksOrIsDone), { timeout: 90_000, interval: 5 }).toBe(true)
      await machineClock.sleep(uniformFloat64(random) * STRIKE_WITHIN_MS, never)
      return rivals.find((rival) => rival.last() === 'works') ?? null
    }
    let [kills, stalls] = [0, 0]
    for (let n = 0; n < KILLS + STALLS; n++) {
      const victim = await struck()
      if (victim === null) break
      if (n % 4 === 3) {
        victim.send('SIGSTOP')
        await machineClock.sleep(STALL_MS, never)
        victim.send('SIGCONT')
        stalls++
      } else {
        await victim.kill()
        rivals = [...rivals.filter((rival) => rival !== victim), await join()]
        kills++
      }
    }
    await expect
      .poll(() => rivals.every((rival) => rival.last() === 'done'), { timeout: 120_000, interval: 50 })
      .toBe(true)
    await expectOnceEach(bench, runIdOf(rivals))
    console.log(
      `two generators with seed ${SEED}: ${kills} kills and ${stalls} stalls; each of ${RUN.count} slots made once`,
    )
    expect(kills + stalls).toBeGreaterThan((KILLS + STALLS) / 2)
  },
)

function worksOrIsDone(rival: Rival): boolean {
  return rival.last() === 'works' || rival.last() === 'done'
}

function runIdOf(rivals: readonly Rival[]): string {
  const found = rivals.map((rival) => rival.runId()).find((runId) => runId !== null)
  if (found === undefined || found === null) throw new Error('Nobody has worked')
  return found
}

/** By the sandbox's own records each slot has one ticket, and it is the one that the ledger names. */
async function expectOnceEach(bench: Bench, runId: string): Promise<void> {
  expect(await bench.ticketsBySlot(runId)).toEqual(onceEach(RUN.count))
  const slots = await bench.store.slots(bench.sandbox.siteId, runId)
  expect(slots.filter(({ state }) => state !== 'created')).toEqual([])
  const truth = await bench.sandbox.truth(runLabel(runId))
  expect(new Set(slots.map(({ issueKey }) => issueKey))).toEqual(new Set(truth.map(({ key }) => key)))
}

type Rival = Awaited<ReturnType<typeof startRival>>

/** Starts a process of its own, killed when the test ends. */
async function startRival(script: string, job: RivalJob) {
  const child = await startTestChild<RivalWord>(script)
  child.tell(job)
  return {
    ...child,
    /** The last thing that it said. */
    last: () => child.words.at(-1)?.said,
    /** The run that it works or worked on; null where it found none. */
    runId: () => child.words.findLast((word) => word.said === 'works')?.runId ?? null,
  }
}
