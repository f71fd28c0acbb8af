import type { ReadClient } from '../../app/stored.ts'
import {
  minuteOf,
  MINUTES_PER_HOUR,
  MS_PER_MINUTE,
  startOfMinute,
} from '../../../src-shared/domain/minute.ts'
import { siteTime } from '../../../src-shared/domain/site-clock.ts'
import { nothingDone } from '../../../src-shared/errors/app-error.ts'

/** ISO 8601 in UTC, as every instant in our JSON; milliseconds only where there are any. */
export function isoInstant(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/\.?0*Z$/, 'Z')
}

export interface SpanOptions {
  readonly from?: string
  readonly to?: string
}

/** Reads `--from` and `--to` as `[fromMs, toMs)`; what was not said is null. Throws `usage`. */
export async function askedSpan(
  { from, to }: SpanOptions,
  zone: string,
): Promise<{ readonly fromMs: number | null; readonly toMs: number | null }> {
  if (from === undefined && to === undefined) return { fromMs: null, toMs: null }
  const { parseInstant } = await import('./instants.ts')
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
  { fromMs, toMs }: Awaited<ReturnType<typeof askedSpan>>,
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
