import { flagValue } from './options.ts'
import type { ReadClient } from '../../app/stored.ts'
import {
  minuteOf,
  MINUTES_PER_HOUR,
  MS_PER_MINUTE,
  startOfMinute,
} from '../../../src-shared/domain/minute.ts'
import { siteTime } from '../../../src-shared/domain/site-clock.ts'
import { machineClock } from '../../runtime/clock.ts'
import { nothingDone } from '../../../src-shared/errors/app-error.ts'

export interface SpanOptions {
  readonly from?: string
  readonly to?: string
}

/** Both ends as `readEdge` reads them; what was not said is null. */
export interface AskedSpan {
  readonly from: string | null
  readonly to: string | null
}

export const NOTHING_ASKED: AskedSpan = { from: null, to: null }

/** Reads `--from` and `--to`, times of day by the wall clock of `zone`. Throws `usage`. */
export async function askedSpan({ from, to }: SpanOptions, zone: string): Promise<AskedSpan> {
  if (from === undefined && to === undefined) return NOTHING_ASKED
  const { readEdge, resolveEdge } = await import('../../../src-shared/domain/span.ts')
  const clock = { nowMs: machineClock.now(), zone }
  const read = (flag: string, text: string | undefined, afterMs: number | null = null): string | null =>
    text === undefined ? null : instantValue((typed) => readEdge(typed, clock, afterMs))(text, flag)

  const first = read('--from', from)
  const firstMs = first === null ? null : resolveEdge(first, 'from', clock)
  const last = read('--to', to, firstMs)
  if (firstMs !== null && last !== null && firstMs >= resolveEdge(last, 'to', clock)) {
    throw nothingDone('usage', '--to must be later than --from.')
  }
  return { from: first, to: last }
}

function instantValue(read: (typed: string) => string | null) {
  return flagValue('a date and time', read, {
    hint: 'Write it as 2026-11-24T14:00Z, as 14:05, yesterday or 2026-11-24T14:00 on your own clock, or as -2h.',
  })
}

/** What was asked as instants of the site's clock, epoch ms; what was not said is null. */
export async function instantsOf(
  client: ReadClient,
  { from, to }: AskedSpan,
): Promise<{ readonly fromMs: number | null; readonly toMs: number | null }> {
  if (from === null && to === null) return { fromMs: null, toMs: null }
  const { resolveEdge } = await import('../../../src-shared/domain/span.ts')
  const { clock, zone } = await client.call('session.get', {})
  const at = { nowMs: siteTime(clock, machineClock.now()), zone }
  return {
    fromMs: from === null ? null : resolveEdge(from, 'from', at),
    toMs: to === null ? null : resolveEdge(to, 'to', at),
  }
}

/**
 * Completes a span: up to now, from an hour before its end; and where nothing was said, the whole of a run that
 * reaches into that hour, from the second in which it began.
 */
export async function completeSpan(
  client: ReadClient,
  asked: AskedSpan,
): Promise<{ fromMs: number; toMs: number }> {
  const hourMs = MINUTES_PER_HOUR * MS_PER_MINUTE
  const { fromMs, toMs } = await instantsOf(client, asked)
  const { clock } = await client.call('session.get', {})
  const nowMs = siteTime(clock, machineClock.now())
  const endMs = toMs ?? startOfMinute(minuteOf(Math.max(nowMs, fromMs ?? 0)) + 1)
  const startMs = fromMs ?? Math.max(0, endMs - hourMs)
  if (fromMs !== null || toMs !== null) return { fromMs: startMs, toMs: endMs }
  const run = await client.call('runs.current', {})
  const reachesIn = run !== null && run.startMs < startMs && run.endMs > startMs
  return { fromMs: reachesIn ? run.startMs - (run.startMs % 1_000) : startMs, toMs: endMs }
}
