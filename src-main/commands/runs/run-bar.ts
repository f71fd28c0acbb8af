import type { Client } from '../../../src-shared/contract/client.ts'
import type { RunProgress } from '../../../src-shared/contract/runs.ts'
import { elapsedMs, ticketsPerMinute } from '../../../src-shared/domain/series.ts'
import { realMsUntil, siteTime, type SiteClock } from '../../../src-shared/domain/site-clock.ts'
import { machineClock } from '../../runtime/clock.ts'
import { durationText } from '../cli/times.ts'
import type { CliIo } from '../cli/io.ts'
import { createBar, type ProgressBar } from '../cli/progress.ts'

/** The time that is left shrinks also while no ticket comes. */
const TICK_MS = 1_000

/** Of fewer tickets no rate can be told. */
const MIN_TICKETS_FOR_RATE = 5

/** A bar of a run: count, share, time left, lateness, rate. It follows the site's clock, which tells how long a compressed run still takes. `bar`: where it is shown; on stderr where absent. */
export async function createRunBar(
  io: CliIo,
  client: Client,
  { label, bar = createBar(io, label) }: { label: string; bar?: ProgressBar },
) {
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

export type RunBar = Awaited<ReturnType<typeof createRunBar>>

/** What there is to know of a run besides its count, the most important first. */
export function runFacts(run: RunProgress, clock: SiteClock, machineMs: number): string[] {
  const { state, created, planned, failed, unknown, skipped, lateness, startMs, endMs } = run
  const leftMs = realMsUntil(clock, endMs, machineMs)
  // The site's clock slows down with the last ticket: a run that has made all has had its whole time.
  const nowMs = created < planned ? siteTime(clock, machineMs) : endMs
  const passedMs = elapsedMs({ fromMs: startMs, toMs: endMs }, nowMs)
  const isUnderWay = state === 'running' && created < planned
  return [
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(unknown > 0 ? [`${unknown} unknown`] : []),
    ...(skipped > 0 ? [`${skipped} left out`] : []),
    ...(isUnderWay && leftMs >= 500 ? [`${durationText(leftMs)} left`] : []),
    ...(lateness === null ? [] : [`late p95 ${Math.round(lateness.p95Ms)} ms`]),
    ...(created >= MIN_TICKETS_FOR_RATE && passedMs > 0
      ? [`${ticketsPerMinute(created, passedMs).toFixed(2)} a minute`]
      : []),
  ]
}
