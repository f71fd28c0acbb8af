import type { RunProgress, RunRequest } from '../../src-shared/contract/models.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Clock } from '../clock.ts'
import { OUTLIVE_MS } from '../lease.ts'
import type { Run } from '../store/store.ts'
import { createHalt, type Halt } from './halt.ts'
import { createLedger, type Ledger } from './ledger.ts'
import { USUAL_FIELD, type GeneratorParts } from './parts.ts'
import { resumableRun, reviveRun } from './resume-run.ts'
import { restReason } from './rest-reason.ts'
import { createRunLease } from './run-lease.ts'
import { runProgress } from './run-progress.ts'
import { chooseTarget } from './run-target.ts'
import { createSerial } from '../serial.ts'
import { cannotCompress, draftRun, storeRun } from './start-run.ts'
import { launchRun, type WorkingRun } from './working-run.ts'

/** Requests under way when the program closes get so long (real ms) for their answers. */
const CLOSE_PATIENCE_MS = 1_000

export interface Generator {
  /**
   * Begins a run; resolves when it is under way. Throws `usage`, `busy` where this or another process works on one,
   * `jira-refused` where Jira does not let us create such tickets, and whatever Jira and the store throw.
   */
  start(request: RunRequest): Promise<RunProgress>
  /** Sends no further slot; resolves when what was sent has its outcome. Throws `not-found` where no run is under way. */
  pause(): Promise<RunProgress>
  /** Goes on with the last run, of this process or a dead one. Throws `not-found` where it has ended, and as `start`. */
  resume(): Promise<RunProgress>
  /** As `pause`, but for good. A run that is paused or broken can be stopped, too. */
  stop(): Promise<RunProgress>
  /** The run under way, else the last one; null before the first. */
  current(): Promise<RunProgress | null>
  /** Resolves when the run under way ends or pauses. Throws `not-found` where there never was one. */
  finished(): Promise<RunProgress>
  /** For the program's exit: pauses the run, within two seconds. Nothing can be begun afterwards. */
  close(): Promise<void>
}

export function createGenerator(parts: GeneratorParts): Generator {
  const { store, siteId, siteTime, jira, clock } = parts
  const closing = new AbortController()
  const lease = createRunLease(parts)
  const serial = createSerial()
  let working: WorkingRun | null = null
  /** How the last run of this process came to rest: what the store does not keep of it. */
  let rest: { readonly end: RunProgress; readonly siteMs: number; readonly ledger: Ledger } | null = null
  const restOf = (runId: string): typeof rest => (rest?.end.runId === runId ? rest : null)

  /** Prepares a run while holding the lease, and sets it to work. */
  const launch = async (wait: boolean, prepare: (halt: Halt) => Promise<Prepared>): Promise<WorkingRun> => {
    if (working !== null) throw underWay()
    const halt = createHalt()
    await lease.take({
      waitMs: wait ? OUTLIVE_MS : 0,
      signal: closing.signal,
      onLost: (error) => halt.pull({ error }),
    })
    try {
      const prepared = await prepare(halt)
      closing.signal.throwIfAborted()
      return setToWork(prepared, halt)
    } catch (error) {
      await lease.drop()
      throw error
    }
  }
  const setToWork = ({ run, issueTypeId }: Prepared, halt: Halt): WorkingRun => {
    const { runId } = run
    const ledger = restOf(runId)?.ledger ?? createLedger({ store, siteId, runId, siteTime })
    const launched = launchRun({ ...parts, run, issueTypeId, ledger, lease, halt })
    working = launched
    void launched.ended.then((end) => {
      rest = { end, siteMs: siteTime.now(), ledger }
      working = null
    })
    return launched
  }

  const begin = async (request: RunRequest): Promise<Prepared> => {
    const draft = await draftRun(parts, request, closing.signal)
    return { run: await storeRun(parts, draft), issueTypeId: draft.target.issueTypeId }
  }
  const revive = async (): Promise<Prepared> => {
    const run = await resumableRun(parts)
    if (run.rate !== 1 && parts.compress === undefined) throw cannotCompress()
    const { issueTypeId } = await chooseTarget(
      jira,
      { wantedKey: run.projectKey, field: parts.watchedField ?? USUAL_FIELD },
      closing.signal,
    )
    const known = restOf(run.runId)
    // What is known of slots and could not be written when the run came to rest decides what is left to do.
    await known?.ledger.flush()
    return { run: await reviveRun(parts, run, known?.siteMs ?? null), issueTypeId }
  }
  /** A run at rest is set to work with its brake pulled: what is in doubt is looked for, nothing is sent. */
  const putToRest = async (halt: Halt): Promise<Prepared> => {
    halt.pull('stop')
    const run = await resumableRun(parts)
    await restOf(run.runId)?.ledger.flush()
    return { run, issueTypeId: '' }
  }

  const current = async (): Promise<RunProgress | null> => {
    if (working !== null) return working.progress()
    const run = await store.lastRun(siteId)
    if (run === null) return null
    const state = run.state === 'running' && !(await lease.othersHold()) ? 'broken' : run.state
    const counts = await store.runCounts(siteId, run.runId)
    return runProgress(run, counts, state, restOf(run.runId)?.end.reason ?? restReason(state))
  }

  return {
    start: (request) => serial(async () => (await launch(false, () => begin(request))).progress()),
    pause: () =>
      serial(async () => {
        if (working === null) throw noneUnderWay()
        working.halt.pull('pause')
        return working.ended
      }),
    resume: () => serial(async () => (await launch(true, revive)).progress()),
    stop: () =>
      serial(async () => {
        const stopping = working ?? (await launch(true, putToRest))
        stopping.halt.pull('stop')
        return stopping.ended
      }),
    current,
    async finished() {
      const end = await (working?.ended ?? current())
      if (end === null) throw noneUnderWay()
      return end
    },
    async close() {
      closing.abort(closed())
      if (working !== null) await pauseSoon(working, clock)
      await serial(async () => {})
    },
  }
}

interface Prepared {
  readonly run: Run
  readonly issueTypeId: string
}

/** Pauses a run; what Jira has not answered in time is given up and looked for when the run goes on. */
async function pauseSoon({ halt, ended, abandon }: WorkingRun, clock: Clock): Promise<void> {
  const waiting = new AbortController()
  void ended.then(() => waiting.abort())
  halt.pull('pause')
  await clock.sleep(CLOSE_PATIENCE_MS, waiting.signal).catch(() => {})
  abandon()
  await ended
}

function underWay(): AppError {
  return new AppError('busy', 'A run is under way already. No other was begun.', {
    hint: 'Stop it first, or wait until it is done.',
  })
}

function noneUnderWay(): AppError {
  return new AppError('not-found', 'No run is under way.', { hint: 'Start one, or resume the last one.' })
}

function closed(): AppError {
  return new AppError('cancelled', 'The program is closing. No run was begun.')
}
