import { Temporal } from 'temporal-polyfill'
import type { ReadClient } from '../../app/stored.ts'
import {
  minuteOf,
  MINUTES_PER_HOUR,
  MS_PER_MINUTE,
  startOfMinute,
} from '../../../src-shared/domain/minute.ts'
import { siteTime } from '../../../src-shared/domain/site-clock.ts'
import { nothingDone } from '../../../src-shared/errors/app-error.ts'
import { flagValue } from './options.ts'

/**
 * Reads a flag's value as an instant (epoch ms): ISO 8601 with an offset or `Z`, else the wall clock of `zone`; a date
 * alone is its midnight. Throws `usage`.
 */
export function parseInstant(flag: string, text: string, zone: string): number {
  return flagValue(
    'a date and time',
    (typed) => {
      const epochMs = withOffset(typed) ?? onWallClock(typed, zone)
      return epochMs !== null && epochMs >= 0 ? epochMs : null
    },
    { hint: 'Write it as 2026-11-24T14:00Z, or as 2026-11-24T14:00 on your own clock.' },
  )(text, flag)
}

/** ISO 8601 in UTC, as every instant in our JSON; milliseconds only where there are any. */
export function isoInstant(epochMs: number): string {
  return Temporal.Instant.fromEpochMilliseconds(epochMs).toString()
}

function withOffset(text: string): number | null {
  try {
    return Temporal.Instant.from(text).epochMilliseconds
  } catch {
    return null
  }
}

function onWallClock(text: string, zone: string): number | null {
  try {
    return Temporal.PlainDateTime.from(text).toZonedDateTime(zone).epochMilliseconds
  } catch {
    return null
  }
}

export interface SpanOptions {
  readonly from?: string
  readonly to?: string
}

/** Reads `--from` and `--to` as `[fromMs, toMs)`; what was not said is null. Throws `usage`. */
export function askedSpan({ from, to }: SpanOptions, zone: string) {
  const fromMs = from === undefined ? null : parseInstant('--from', from, zone)
  const toMs = to === undefined ? null : parseInstant('--to', to, zone)
  if (fromMs !== null && toMs !== null && fromMs >= toMs) {
    throw nothingDone('usage', '--to must be later than --from.')
  }
  return { fromMs, toMs }
}

/**
 * Completes a span: up to now, from an hour before its end; and where nothing was said, the whole of a run that
 * reaches into that hour, from the second in which it began.
 */
export async function completeSpan(
  client: ReadClient,
  { fromMs, toMs }: ReturnType<typeof askedSpan>,
  machineMs: number,
): Promise<{ fromMs: number; toMs: number }> {
  const hourMs = MINUTES_PER_HOUR * MS_PER_MINUTE
  const { clock } = await client.call('session.get', {})
  const endMs = toMs ?? startOfMinute(minuteOf(Math.max(siteTime(clock, machineMs), fromMs ?? 0)) + 1)
  const startMs = fromMs ?? Math.max(0, endMs - hourMs)
  if (fromMs !== null || toMs !== null) return { fromMs: startMs, toMs: endMs }
  const run = await client.call('runs.current', {})
  const reachesIn = run !== null && run.startMs < startMs && run.endMs > startMs
  return { fromMs: reachesIn ? run.startMs - (run.startMs % 1_000) : startMs, toMs: endMs }
}
