import type { Client } from '../../../src-shared/contract/client.ts'
import type { ResumeRequest, RunProgress } from '../../../src-shared/contract/runs/runs.ts'
import { durationText, tickets } from '../../../src-shared/domain/text/sentences.ts'
import { elapsedMs, ticketsPerMinute } from '../../../src-shared/domain/series.ts'
import { realMsUntil, siteTime, type SiteClock } from '../../../src-shared/domain/site-clock.ts'
import { AppError, noTicketMade } from '../../../src-shared/errors/app-error.ts'
import { hasSlept, reasonText, waitsForStore } from '../../../src-shared/domain/run/run-reason.ts'
import { withTimeout } from '../../runtime/async.ts'
import { machineClock } from '../../runtime/clock.ts'
import { answered, choose } from '../cli/ask.ts'
import { followWork } from '../cli/interrupt.ts'
import { say, type CliIo } from '../cli/io.ts'
import { createBar } from '../cli/progress.ts'
import { onRun } from './outage.ts'
import { notMadeFacts } from './run-document.ts'

/** The time that is left shrinks also while no ticket comes. */
const TICK_MS = 1_000

/** Fewer tickets give no rate. */
const MIN_TICKETS_FOR_RATE = 5

/** So long (real ms) is waited for the outcomes of what was sent when a run is interrupted: the program ends soon after. */
const PAUSE_PATIENCE_MS = 700

/**
 * Begins a run, or goes on with one, and waits until it goes on no more: done, or stopped or paused by whatever hindered
 * it; but not by a store that is away, which it waits for. On Ctrl-C the run is paused at a slot's edge, so that it can be
 * resumed, and `cancelled` is thrown.
 */
export async function followRun(
  client: Client,
  begin: () => Promise<RunProgress>,
  onProgress: (progress: RunProgress) => void,
  { signal, resumeHint }: { readonly signal: AbortSignal; readonly resumeHint: string },
): Promise<RunProgress> {
  if (signal.aborted) throw noTicketMade('cancelled', 'Interrupted before the run began.')
  return followWork(begin, {
    on: (listener) => onRun(client, listener),
    onProgress,
    isOver: isIdle,
    stop: async (begun) => pausedError(await pauseSoon(client, begun), resumeHint),
    signal,
  })
}

/** Whether a run goes on no more by itself. */
export function isIdle(run: RunProgress): boolean {
  return run.state !== 'running' && !waitsForStore(run)
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

/**
 * Begins a run, or goes on with one, and follows it until it is done or rests. Where the machine slept meanwhile, and
 * where tickets are unknown at its end, the person decides how it goes on; `missed`: what the command line said of tickets
 * whose time has passed. Throws `cancelled` after Ctrl-C, the run being
 * paused, and after Escape at a question.
 */
export async function seeRunThrough(
  io: CliIo,
  client: Client,
  begin: () => Promise<RunProgress>,
  missed: Missed | undefined,
): Promise<RunProgress> {
  const noticeWait = createWaitNotice(io, client)
  const follow = async (beginPart: () => Promise<RunProgress>): Promise<RunProgress> => {
    const bar = await createRunBar(io, client)
    const onProgress = (progress: RunProgress): void => {
      bar.update(progress)
      noticeWait(progress)
    }
    try {
      const resumeHint = 'jira-tpm resume goes on with it.'
      return await followRun(client, beginPart, onProgress, { signal: io.signal, resumeHint })
    } finally {
      bar.end()
    }
  }
  const goOn = (request: ResumeRequest): Promise<RunProgress> =>
    follow(() => client.call('runs.resume', request))

  let run = await follow(begin)
  while (hasSlept(run)) {
    say(io, reasonText(run) ?? '')
    run = await goOn({ runId: run.runId, missed: await chooseMissed(io, run, missed) })
  }
  while (run.state === 'done' && run.unknown > 0) {
    const unknown = await chooseUnknown(io, run)
    if (unknown === null) break
    run = await goOn({ runId: run.runId, unknown })
  }
  return run
}

/** Says for what a run waits, each time that it begins to. A server that is away has its own news; a file that cannot be written has only this. */
function createWaitNotice(io: CliIo, client: Client): (run: RunProgress) => void {
  let said: string | null = null
  return (run) => {
    const next = waitsForStore(run) ? reasonText(run) : null
    const isNews = next !== said
    said = next
    if (next === null || !isNews) return
    client.call('store.status', {}).then(
      ({ failure }) => failure === null && say(io, next),
      () => say(io, next),
    )
  }
}

/** A bar of a run: count, share, time left, lateness, rate. It follows the site's clock, which shows how long a compressed run still takes. */
export async function createRunBar(io: CliIo, client: Client, bar = createBar(io, 'Creating')) {
  let { clock } = await client.call('session.get', {})
  let shown: { readonly run: RunProgress; readonly note: string | undefined } | null = null
  const show = (): void => {
    if (shown === null) return
    const { run, note } = shown
    const facts = runFacts(run, clock, machineClock.now())
    bar.show(run.created, run.planned, note === undefined ? facts : [note, ...facts])
  }
  const timer = setInterval(show, TICK_MS)
  const unsubscribe = client.on('clock.changed', (next) => (clock = next))
  return {
    update(run: RunProgress, note?: string): void {
      shown = { run, note }
      show()
    },
    end(): void {
      clearInterval(timer)
      unsubscribe()
      bar.end()
    },
  }
}

/** What there is to know of a run besides its count, the most important first. */
export function runFacts(run: RunProgress, clock: SiteClock, machineMs: number): string[] {
  const { state, created, planned, lateness, startMs, endMs } = run
  const leftMs = realMsUntil(clock, endMs, machineMs)
  // The site's clock slows down with the last ticket: a run that has made all has had its whole time.
  const nowMs = created < planned ? siteTime(clock, machineMs) : endMs
  const passedMs = elapsedMs({ fromMs: startMs, toMs: endMs }, nowMs)
  const isUnderWay = state === 'running' && created < planned
  return [
    ...notMadeFacts(run),
    ...(isUnderWay && leftMs >= 500 ? [`${durationText(leftMs)} left`] : []),
    ...(lateness === null ? [] : [`late p95 ${Math.round(lateness.p95Ms)} ms`]),
    ...(created >= MIN_TICKETS_FOR_RATE && passedMs > 0
      ? [`${ticketsPerMinute(created, passedMs).toFixed(2)} a minute`]
      : []),
  ]
}

export type Missed = NonNullable<ResumeRequest['missed']>

export type Unknown = NonNullable<ResumeRequest['unknown']>

/**
 * What becomes of the tickets whose time has passed while their run stood still: as the flag says, else as the person
 * chooses; catch-up where no person can be asked. Where there are none, the others keep their times. Throws `cancelled`.
 */
export async function chooseMissed(io: CliIo, run: RunProgress, flag: Missed | undefined): Promise<Missed> {
  const { missed } = run
  if (flag !== undefined) return flag
  if (missed === 0) return 'catch-up'
  if (!io.isTTY) {
    say(
      io,
      `${tickets(missed)} whose time has passed ${missed === 1 ? 'is' : 'are'} made up for now, at a bounded pace (--missed catch-up). --missed shift or skip decides otherwise.`,
    )
    return 'catch-up'
  }
  return askMissed(io, run)
}

async function askMissed(io: CliIo, { missed }: RunProgress): Promise<Missed> {
  const message = `${tickets(missed)} should have been made meanwhile. What becomes of ${missed === 1 ? 'it' : 'them'}?`
  const chosen = choose<Missed>(io, message, [
    { value: 'catch-up', label: 'Catch up', hint: 'now, at a bounded pace' },
    { value: 'skip', label: 'Leave out', hint: 'the others keep their times' },
    { value: 'shift', label: 'Go on from here', hint: 'move them and all the others; the run ends later' },
  ])
  return answered(chosen, 'The run stays as it is.', 'jira-tpm resume goes on with it.')
}

/**
 * What becomes of the unknown tickets, as the person chooses; null to leave them.
 * Where no person can be asked it is said how to decide.
 */
export async function chooseUnknown(io: CliIo, run: RunProgress): Promise<Unknown | null> {
  const { runId, unknown } = run
  if (unknown === 0) return null
  if (!io.isTTY) {
    say(
      io,
      `Of ${unknown} nobody knows whether Jira made ${unknown === 1 ? 'it' : 'them'}: ${unknown === 1 ? 'it is' : 'they are'} not sent again unasked. jira-tpm resume --run ${runId} --unknown look, send or drop decides.`,
    )
    return null
  }
  const message = `Of ${unknown} nobody knows whether Jira made ${unknown === 1 ? 'it' : 'them'}. What now?`
  const asked = choose<Unknown | 'leave'>(io, message, [
    { value: 'look', label: 'Look again', hint: 'ask Jira once more; nothing is sent' },
    { value: 'send', label: 'Send again', hint: 'those that Jira still does not show; one may come twice' },
    { value: 'drop', label: 'Count as not made' },
    { value: 'leave', label: 'Leave it open' },
  ])
  const chosen = await answered(asked, 'They stay unknown.')
  return chosen === 'leave' ? null : chosen
}
