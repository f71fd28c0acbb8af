import type { TimeMark } from '../../src-shared/contract/marks.ts'
import { startOfMinute } from '../../src-shared/domain/minute.ts'
import type { Bin } from '../chart/chart-model.ts'

/** What is heard of a bar: how high it is, in an alarm as a chord; that nothing came, or that nobody knows. */
export type Note =
  | { readonly kind: 'tone' | 'chord'; readonly hz: number }
  | { readonly kind: 'click' }
  | { readonly kind: 'noise' }

/** As many tickets as a bar of the span has on average. */
const MEAN_HZ = 330
/** Octaves below and above that: what is lower or higher is hardly heard as a pitch. */
const LOWEST = -1.5
const HIGHEST = 2.5

/** When an alert rang, epoch ms; null: it still does. */
type Alarm = Pick<TimeMark, 'fromMs' | 'toMs'>

/** The alarms among marks. */
export function alarmsIn(marks: readonly TimeMark[]): Alarm[] {
  return marks.filter(({ kind }) => kind === 'alert')
}

/** A note for each bar, in order; those to come have none. Twice as many tickets are an octave higher. */
export function notesOf(
  bins: readonly Pick<Bin, 'total' | 'state' | 'startMinute' | 'minutes'>[],
  alarms: readonly Alarm[] = [],
): Note[] {
  const isAlarm = ({ startMinute, minutes }: Pick<Bin, 'startMinute' | 'minutes'>): boolean =>
    alarms.some(
      ({ fromMs, toMs }) =>
        fromMs < startOfMinute(startMinute + minutes) && (toMs ?? Infinity) > startOfMinute(startMinute),
    )
  const known = bins.filter(({ state }) => state !== 'unknown' && state !== 'future')
  const mean = known.reduce((sum, { total }) => sum + total, 0) / (known.length || 1)
  return bins
    .filter(({ state }) => state !== 'future')
    .map((bin): Note => {
      const { total, state } = bin
      if (state === 'unknown') return { kind: 'noise' }
      if (total === 0) return { kind: 'click' }
      const octaves = Math.min(HIGHEST, Math.max(LOWEST, Math.log2(total / mean)))
      return { kind: isAlarm(bin) ? 'chord' : 'tone', hz: MEAN_HZ * 2 ** octaves }
    })
}

/** How long a note is (ms): a span is played in some seconds, however many bars it has. */
export function noteMs(notes: number): number {
  return Math.max(25, Math.min(180, 12_000 / notes))
}
