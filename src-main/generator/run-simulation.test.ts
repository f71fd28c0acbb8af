import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { LedgerStore, RequestedState, Run } from '../store/ledger/ledger.ts'
import { RUN } from '../../test-support/store/runs.ts'
import { keepStanding } from './kept-standing.ts'
import type { GeneratorParts } from './parts.ts'
import { prepareStill, reviveRun } from './planning/prepare-run.ts'
import { isActive, isEnded, waitsForStore } from './run-state.ts'

// Several processes on one run, in time that is counted in turns: what each does to the row, in every order.

const SEEDS = process.env['JIRA_TPM_LONG'] === undefined ? 150 : 5_000
const FIRST_SEED = Number(process.env['JIRA_TPM_SEED'] ?? 1)
const PROCESSES = 3
const SLOTS = 12
const TURNS = 300
/** After this one nothing goes wrong any more. */
const QUIET_FROM = 150
const LEASE_TURNS = 12

type SimStore = Pick<
  LedgerStore,
  'run' | 'setRunState' | 'setRequestedState' | 'resumeRun' | 'slots' | 'doubtLostSlots'
> & {
  readonly claim: () => Promise<boolean>
}

/** One store, one lease, and processes that are held up, cut off and killed. */
class World {
  row: Run = { ...RUN, reason: null, requested: null, revision: null, stateSinceMs: 1, shiftedMs: 0 }
  open = SLOTS
  turn = 0
  /** When a stop was answered, and when the last slot was sent. */
  stoppedAt = Infinity
  sentAt = 0
  lease = { owner: '', until: 0 }
  readonly happened: string[] = []
  readonly #random: ReturnType<typeof xoroshiro128plus>
  readonly #waiting: { readonly process: Process; readonly goOn: () => void }[] = []

  constructor(seed: number) {
    this.#random = xoroshiro128plus(seed)
  }
  draw(below: number): number {
    return uniformInt(this.#random, 0, below - 1)
  }
  wait(process: Process): Promise<void> {
    return new Promise((goOn) => void this.#waiting.push({ process, goOn }))
  }
  /** Lets one of those who wait go on, whichever is not held up. */
  async pass(): Promise<void> {
    this.turn++
    const able = this.#waiting.filter(({ process }) => !process.isDead && process.heldUntil <= this.turn)
    const next = able[able.length === 0 ? 0 : this.draw(able.length)]
    if (next === undefined) return
    this.#waiting.splice(this.#waiting.indexOf(next), 1)
    next.goOn()
    await setImmediate()
  }
}

class Process {
  isDead = false
  heldUntil = 0
  cutOffUntil = 0
  isIdle = true
  readonly store: SimStore
  readonly parts: GeneratorParts
  readonly #world: World
  readonly name: string

  constructor(world: World, name: string) {
    this.#world = world
    this.name = name
    this.store = this.#open()
    const parts = { store: this.store, siteId: RUN.siteId, siteTime: { now: () => world.turn } }
    this.parts = { ...parts, log: { info() {}, warn() {}, error() {} } } as unknown as GeneratorParts
  }

  /** Each call takes a turn; while cut off it fails, before or after it was done. */
  async #call<T>(work: () => T): Promise<T> {
    const world = this.#world
    await world.wait(this)
    const isCutOff = this.cutOffUntil > world.turn
    const away = new AppError('store-unavailable', 'The store is away.', { retryable: true })
    if (isCutOff && world.draw(2) === 0) throw away
    const result = work()
    if (isCutOff) throw away
    return result
  }

  #open(): SimStore {
    const world = this.#world
    const isSeen = (seen: string | null | undefined, revision: string | undefined): boolean =>
      seen === undefined || world.row.revision === seen || world.row.revision === revision
    return {
      run: () => this.#call(() => world.row),
      slots: () => this.#call(() => []),
      setRunState: (_site, _run, state, stateSinceMs, requested, written) =>
        this.#call(() => {
          if (!isSeen(written?.seen, written?.revision)) return false
          const { reason = null, revision = null } = written ?? {}
          world.row = { ...world.row, state, stateSinceMs, requested: requested ?? null, reason, revision }
          return true
        }),
      setRequestedState: (_site, _run, requested) =>
        this.#call(() => {
          if (isActive(world.row) && world.row.requested !== 'stop') world.row = { ...world.row, requested }
        }),
      resumeRun: (_site, _run, { seen, revision = null }) =>
        this.#call(() => {
          if (world.row.revision !== seen) return
          world.row = { ...world.row, state: 'running', requested: null, reason: null, revision }
        }),
      doubtLostSlots: () => this.#call(() => {}),
      /** Claims a slot and sends it. */
      claim: () =>
        this.#call(() => {
          const may = world.row.state === 'running' && world.open > 0
          if (may) [world.open, world.sentAt] = [world.open - 1, world.turn]
          return may
        }),
    }
  }

  takeLease(): boolean {
    const { lease, turn } = this.#world
    if (lease.owner !== this.name && lease.until > turn) return false
    this.#world.lease = { owner: this.name, until: turn + LEASE_TURNS }
    return true
  }
  dropLease(): void {
    if (this.#world.lease.owner === this.name) this.#world.lease = { owner: '', until: 0 }
  }
  /** As `startWorker`: until the run is at rest and that is written, or the store is away or another has moved it on. */
  async work(run: Run, requested?: RequestedState): Promise<void> {
    let isLost = false
    const kept = keepStanding({ ...this.parts, run, lease: { lost: () => isLost } })
    if (requested !== undefined) kept.request(requested)
    if (!kept.isWritten() && !(await kept.save()) && kept.isWritten()) return
    while (!kept.sending.aborted && this.#world.open > 0) {
      isLost ||= !this.takeLease()
      try {
        if (isLost) throw new AppError('busy', 'Another one has taken over the run.')
        if (this.#world.draw(3) === 0 || !(await this.store.claim())) await kept.obey()
      } catch (error) {
        kept.fail(error)
      }
    }
    kept.drained(this.#world.open, this.#world.turn)
    while (!kept.isWritten()) {
      if (await kept.save()) {
        if (isActive(kept.current())) kept.drained(this.#world.open, this.#world.turn)
        continue
      }
      if (kept.isWritten()) return
      // The store is away: what is owed is written, and the run goes on, when it is back.
      const row = await this.store.run(RUN.siteId, RUN.runId).catch(() => null)
      if (row === null) continue
      if (!kept.isAsLeft(row)) return
      if (row.requested !== null) kept.request(row.requested)
      if (!waitsForStore(kept.current())) continue
      if (this.takeLease()) return this.work(await reviveRun(this.parts, row, null))
    }
  }
  async resume(): Promise<void> {
    if (!this.takeLease()) return
    const row = await this.store.run(RUN.siteId, RUN.runId)
    if (row !== null && !isEnded(row)) await this.work(await reviveRun(this.parts, row, null))
  }
  /** As `pauseOrStop`: true when it may be answered. */
  async bringToRest(requested: RequestedState): Promise<void> {
    for (;;) {
      const row = await this.store.run(RUN.siteId, RUN.runId)
      if (row === null || isEnded(row) || (requested === 'pause' && row.state === 'paused')) break
      if (this.takeLease()) {
        const prepared = await prepareStill(this.parts, RUN.runId, requested)
        if (prepared !== null) await this.work(prepared.run, prepared.requested)
        this.dropLease()
      } else if (row.requested !== requested)
        await this.store.setRequestedState(RUN.siteId, RUN.runId, requested)
    }
    if (requested === 'stop') this.#world.stoppedAt = Math.min(this.#world.stoppedAt, this.#world.turn)
  }
  /** One request of a person; what the store throws is told him. */
  async perform(what: 'resume' | RequestedState): Promise<void> {
    this.isIdle = false
    const work = what === 'resume' ? this.resume() : this.bringToRest(what)
    await work.catch((error: unknown) => {
      if (!(error instanceof AppError)) throw error
    })
    this.dropLease()
    this.isIdle = true
  }
}

async function play(seed: number): Promise<World> {
  const world = new World(seed)
  const processes = Array.from({ length: PROCESSES }, (_, n) => new Process(world, `0-${n}`))
  const ask = (process: Process, what: 'resume' | RequestedState): void => {
    world.happened.push(`${world.turn}: ${process.name} ${what}`)
    void process.perform(what)
  }
  ask(processes[0] as Process, 'resume')
  while (world.turn < TURNS) {
    await world.pass()
    const at = world.draw(PROCESSES)
    const process = processes[at] as Process
    const isQuiet = world.turn > QUIET_FROM
    const event = isQuiet ? 5 + world.draw(3) : world.draw(40)
    if (event === 0) process.heldUntil = world.turn + 2 + world.draw(2 * LEASE_TURNS)
    else if (event === 1) process.cutOffUntil = world.turn + 2 + world.draw(LEASE_TURNS)
    else if (event === 2) {
      process.isDead = true
      processes[at] = new Process(world, `${world.turn}-${at}`)
    } else if (process.isIdle && event <= 6)
      ask(process, event === 3 ? 'pause' : event === 4 ? 'stop' : 'resume')
  }
  return world
}

test('of several processes on one run, held up, cut off and killed, a stop that was answered holds', async () => {
  const ends = new Map<string, number>()
  for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
    const { row, sentAt, stoppedAt, happened } = await play(seed)
    const story = `seed ${seed}: ${happened.join(', ')}`
    expect(sentAt, story).toBeLessThanOrEqual(stoppedAt)
    expect(stoppedAt < Infinity && !isEnded(row), story).toBe(false)
    ends.set(row.state, (ends.get(row.state) ?? 0) + 1)
  }
  console.log(`${SEEDS} runs ended so: ${[...ends].map(([state, times]) => `${times} ${state}`).join(', ')}`)
  // Left alone in the end, and gone on with, each comes to its end.
  expect([...ends.keys()].toSorted()).toEqual(['done', 'stopped'])
}, 120_000)
