import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { expect, test } from 'vitest'
import { machineClock } from '../runtime/clock.ts'
import type { FaultKind, FaultRule } from '#jira-sandbox'
import { ENGINE } from '../../test-support/store/store.ts'
import { bundled } from '../../test-support/process/bundled.ts'
import { openBench, sharedSandbox, type Bench } from '../../test-support/generator/generator.ts'
import { startTestChild, type Child } from '../../test-support/process/child.ts'
import type { Boundary, MortalJob, MortalWord } from '../../test-support/generator/run-mortal.ts'

const BOUNDARIES: readonly Boundary[] = ['planned', 'written', 'sent', 'answered', 'recorded']
type Mortal = Child<MortalWord>

const LONG = process.env['JIRA_TPM_LONG'] !== undefined
const KILLS = LONG ? 300 : ENGINE === 'sqlite' ? 18 : 6
/** What is drawn; JIRA_TPM_SEED repeats a campaign, as far as a machine does the same twice. */
const SEED = Number(process.env['JIRA_TPM_SEED'] ?? machineClock.now() % 2 ** 31)

/** Twenty minutes in a second and a third, for whoever is not killed. */
const RUN = { count: 50, minutes: 20, compress: 900 }
const TEN_MINUTES_MS = 600_000
const TIMEOUT_MS = 400
/** More than a call is waited for, and what a busy machine adds. */
const IN_FLIGHT_MS = 2_000
/** A process that is killed at a random moment lives so long at most (real ms). */
const LIVES_MS = 1_000
/** A boundary is passed so often at most before the process is killed at it. */
const PASSES = 8

/** What a create may come to, each kind for this share of them. */
const FAULTS: readonly FaultKind[] = [
  'reset-before',
  'reset-after',
  'stall-before',
  'stall-after',
  'applied-500',
]
const SHARE = 0.04

type Death = Boundary | 'random'

const shared = sharedSandbox()

test(
  'processes killed at every boundary and at random moments, with a Jira that fails and lags, make each slot’s ticket once',
  { timeout: 60_000 + KILLS * 20_000 },
  async () => {
    const bench = await openBench(shared())
    await shared().setFaults(faults())
    await shared().setSettings({ indexLag: { kind: 'random', minMs: 0, maxMs: TEN_MINUTES_MS } })
    const mortals = createMortals(bundled('run-mortal'))
    const draw = drawing(SEED)
    const deaths = new Map<Death, number>()
    const runs = new Set<string>()
    let kills = 0
    while (kills < KILLS) {
      let goesOn = false
      do {
        const death = kills < KILLS ? draw.death(kills) : null
        const { runId, died } = await live(await mortals(jobOf(bench, { death, goesOn, draw })), death, draw)
        if (died && death !== null) {
          deaths.set(death, (deaths.get(death) ?? 0) + 1)
          kills++
        }
        if (runId !== null) runs.add(runId)
        // One that was killed before it could tell of its run may have begun one all the same.
        const last = await bench.store.lastRun(bench.sandbox.siteId)
        goesOn = died && last !== null && last.state !== 'done'
      } while (goesOn)
    }
    for (const runId of runs) await expectOnceEach(bench, runId)
    const told = [...deaths].map(([death, times]) => `${times} ${death}`).join(', ')
    console.log(
      `killed with seed ${SEED} on ${ENGINE}: ${kills} kills (${told}) in ${runs.size} runs; each of ${runs.size * RUN.count} slots made once`,
    )
    for (const death of [...BOUNDARIES, 'random'] as const) expect(deaths.get(death) ?? 0).toBeGreaterThan(0)
  },
)

function faults(): FaultRule[] {
  return FAULTS.map((kind, n) => ({
    match: { method: 'POST', path: '/rest/api/3/issue$' },
    kind,
    times: 1_000_000,
    rate: SHARE,
    seed: (SEED + n) % 2 ** 32,
  }))
}

function drawing(seed: number) {
  const random = xoroshiro128plus(seed)
  const kinds: readonly Death[] = [...BOUNDARIES, 'random']
  return {
    /** Each in its turn, so that none is left out. */
    death: (kill: number): Death => kinds[kill % kinds.length] ?? 'random',
    nth: () => uniformInt(random, 1, PASSES),
    lifeMs: () => uniformFloat64(random) * LIVES_MS,
    missed: () => (uniformFloat64(random) < 0.5 ? ('shift' as const) : ('catch-up' as const)),
    seed: () => uniformInt(random, 0, 2 ** 31),
  }
}
type Drawing = ReturnType<typeof drawing>

function jobOf(
  bench: Bench,
  { death, goesOn, draw }: { death: Death | null; goesOn: boolean; draw: Drawing },
): MortalJob {
  const { url, email, apiToken, siteId } = bench.sandbox
  return {
    store: bench.data.config,
    site: { url, email, apiToken },
    siteId,
    start: goesOn ? null : { ...RUN, seed: draw.seed() },
    missed: draw.missed(),
    stopAt: death === null || death === 'random' ? null : { boundary: death, nth: draw.nth() },
    inFlightMs: IN_FLIGHT_MS,
    timeoutMs: TIMEOUT_MS,
  }
}

/** Lets a process work until it is killed, or done. */
async function live(
  mortal: Mortal,
  death: Death | null,
  draw: Drawing,
): Promise<{ runId: string | null; died: boolean }> {
  let runId: string | null = null
  for (;;) {
    const word = await mortal.next()
    if (word?.said === 'works') runId = word.runId
    if (word?.said === 'works' && death === 'random') {
      await machineClock.sleep(draw.lifeMs(), new AbortController().signal)
      await mortal.kill()
      return { runId, died: true }
    }
    if (word?.said === 'there') {
      await mortal.kill()
      return { runId, died: true }
    }
    if (word?.said === 'done') return { runId, died: false }
    if (word === null) throw new Error('A process ended by itself')
  }
}

/** By the sandbox's own records each slot has one ticket, and it is the very one that the ledger names. */
async function expectOnceEach(bench: Bench, runId: string): Promise<void> {
  const slots = await bench.store.slots(bench.sandbox.siteId, runId)
  expect(slots).toHaveLength(RUN.count)
  expect(slots.filter(({ state }) => state !== 'created')).toEqual([])
  expect(await bench.truthOf(runId)).toEqual(slots.map(({ slot, issueKey }) => ({ slot, key: issueKey })))
  expect(await bench.store.run(bench.sandbox.siteId, runId)).toMatchObject({ state: 'done' })
}

/** Gives processes of their own, killed when the test ends. One is always started ahead: that takes its time. */
function createMortals(script: string): (job: MortalJob) => Promise<Mortal> {
  let ready = startTestChild<MortalWord>(script)
  return async (job) => {
    const mortal = await ready
    ready = startTestChild(script)
    mortal.tell(job)
    return mortal
  }
}
