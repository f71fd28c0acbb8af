import type { RunProgress } from '../../../src-shared/contract/models.ts'
import { dayWords, momentWords, timeWords } from '../../live/time-words.ts'
import { numberWords } from '../number-words.ts'

const states = {
  running: 'Running',
  paused: 'Paused',
  stopped: 'Stopped',
  done: 'Done',
  broken: 'Interrupted',
} as const

/** What a run is at, in a word. */
export function runStateWords({ state, waits }: Pick<RunProgress, 'state' | 'waits'>): string {
  return waits ? 'Waiting' : states[state]
}

/** Slots that will not make a ticket any more, as far as is known. */
export function notMade({ state, planned, created, failed, skipped, unknown }: RunProgress): number {
  const ended = state === 'done' || state === 'stopped'
  return ended ? planned - created - unknown : failed + skipped
}

/** `97 of 100 created, 2 not made, 1 unknown`. */
export function outcomeWords(run: RunProgress): string {
  const { planned, created, unknown, removed } = run
  const lost = notMade(run)
  const parts = [
    `${numberWords(created)} of ${numberWords(planned)} created`,
    lost > 0 && `${numberWords(lost)} not made`,
    unknown > 0 && `${numberWords(unknown)} unknown`,
    removed > 0 && (removed === created ? 'all deleted again' : `${numberWords(removed)} deleted again`),
  ]
  return parts.filter((part) => part !== false).join(', ')
}

/** `Tue 24 Nov, 14:00–15:00`; the second day too, where it is another. `nowMs` is the site's. */
export function planSpanWords(
  { startMs, endMs }: Pick<RunProgress, 'startMs' | 'endMs'>,
  zone: string,
  nowMs: number,
): string {
  const from = `${dayWords(startMs, zone, nowMs)}, ${timeWords(startMs, zone)}`
  // Told as from its own day, the end says its day only where that is another.
  const to = momentWords(endMs, zone, startMs)
  return to === timeWords(endMs, zone) ? `${from}–${to}` : `${from} to ${to}`
}

/** `real time`, `60 × real time`. */
export function speedWords(rate: number): string {
  return rate === 1 ? 'real time' : `${numberWords(rate)} × real time`
}
