import type { Client } from '../../../src-shared/contract/client.ts'
import type { ResumeRequest, RunProgress } from '../../../src-shared/contract/runs.ts'
import { AppError, noTicketMade } from '../../../src-shared/errors/app-error.ts'
import { chooseMissed, chooseUnknown, type Missed } from './missed-and-unknown.ts'
import { orCancelled } from '../cli/interrupt.ts'
import { say, type CliIo } from '../cli/io.ts'
import type { RunBar } from './run-bar.ts'
import { withTimeout } from '../../runtime/async.ts'

/** So long (real ms) is waited for the outcomes of what was sent when a run is interrupted: the program ends soon after. */
const PAUSE_PATIENCE_MS = 700

interface FollowOptions {
  readonly signal: AbortSignal
  readonly onProgress: (progress: RunProgress) => void
  /** What the person may do after an interrupt. */
  readonly resumeHint: string
}

/**
 * Begins a run, or goes on with one, and waits until it goes on no more: done, or stopped or paused by whatever hindered
 * it; but not by a store that is away, which it waits for. On Ctrl-C the run is paused at a slot's edge, so that it can be
 * resumed, and `cancelled` is thrown.
 */
export async function followRun(
  client: Client,
  begin: () => Promise<RunProgress>,
  { signal, onProgress, resumeHint }: FollowOptions,
): Promise<RunProgress> {
  if (signal.aborted) throw noTicketMade('cancelled', 'Interrupted before the run began.')
  const { promise: ended, resolve } = Promise.withResolvers<RunProgress>()
  let begun: RunProgress | null = null
  /** Told before it is known which run it is. */
  let early: RunProgress | null = null
  const onChange = (progress: RunProgress): void => {
    if (begun === null) {
      early = progress
      return
    }
    if (progress.runId !== begun.runId) return
    onProgress(progress)
    if (isIdle(progress)) resolve(progress)
  }
  const unsubscribe = client.on('run.changed', onChange)
  try {
    begun = await begin()
    onChange(begun)
    if (early !== null) onChange(early)
    return await orCancelled(ended, signal, () => new Interrupted())
  } catch (error) {
    if (!(error instanceof Interrupted) || begun === null) throw error
    throw pausedError(await pauseSoon(client, begun), resumeHint)
  } finally {
    unsubscribe()
  }
}

class Interrupted extends Error {}

/** Whether a run goes on no more by itself. */
export function isIdle({ state, waits }: RunProgress): boolean {
  return state !== 'running' && waits !== true
}

/** Pauses a run. What is not answered in time is looked for when the run goes on; the program pauses the run as it ends. */
export async function pauseSoon(client: Client, begun: RunProgress): Promise<RunProgress> {
  const asItIs = (): Promise<RunProgress> =>
    client.call('runs.get', { runId: begun.runId }).catch(() => begun)
  return withTimeout(client.call('runs.pause', {}), PAUSE_PATIENCE_MS, asItIs)
}

function pausedError({ runId, created, planned }: RunProgress, hint: string): AppError {
  return new AppError('cancelled', `Run ${runId} is paused: ${created} of ${planned} tickets are created.`, {
    hint,
  })
}

interface SeeThroughOptions {
  /** Where the progress is shown, each time that the run goes on. */
  readonly openBar: () => Promise<RunBar>
  /** What was said on the command line of tickets whose time has passed. */
  readonly missed: Missed | undefined
}

/**
 * Begins a run, or goes on with one, and follows it until it is done or rests. Where the machine slept meanwhile, and
 * where tickets are unknown at its end, the person decides how it goes on. Throws `cancelled` after Ctrl-C, the run being
 * paused, and after Escape at a question.
 */
export async function seeRunThrough(
  io: CliIo,
  client: Client,
  begin: () => Promise<RunProgress>,
  { openBar, missed }: SeeThroughOptions,
): Promise<RunProgress> {
  const noticeWait = createWaitNotice(io, client)
  const follow = async (beginPart: () => Promise<RunProgress>): Promise<RunProgress> => {
    const bar = await openBar()
    try {
      return await followRun(client, beginPart, {
        signal: io.signal,
        onProgress(progress) {
          bar.update(progress)
          noticeWait(progress)
        },
        resumeHint: 'jira-tpm resume goes on with it.',
      })
    } finally {
      bar.end()
    }
  }
  const goOn = (request: ResumeRequest): Promise<RunProgress> =>
    follow(() => client.call('runs.resume', request))

  let run = await follow(begin)
  while (run.slept === true) {
    if (run.reason !== null) say(io, run.reason)
    run = await goOn({ runId: run.runId, missed: await chooseMissed(io, run, missed) })
  }
  while (run.state === 'done' && run.unknown > 0) {
    const unknown = await chooseUnknown(io, run)
    if (unknown === null) break
    run = await goOn({ runId: run.runId, unknown })
  }
  return run
}

/** Says for what a run waits, each time that it begins to. Of a server that is away its own news tell; of a file that cannot be written nothing else does. */
function createWaitNotice(io: CliIo, client: Client): (run: RunProgress) => void {
  let said: string | null = null
  return ({ waits, reason }) => {
    const next = waits === true ? reason : null
    const isNews = next !== said
    said = next
    if (next === null || !isNews) return
    client.call('store.status', {}).then(
      ({ failure }) => failure === null && say(io, next),
      () => say(io, next),
    )
  }
}
