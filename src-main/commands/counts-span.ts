import type { Client } from '../../src-shared/contract/client.ts'
import { MINUTES_PER_HOUR, minuteOf, MS_PER_MINUTE, startOfMinute } from '../../src-shared/domain/minute.ts'
import { siteTime } from '../../src-shared/domain/site-clock.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { parseInstant } from './instants.ts'

export interface SpanOptions {
  readonly from?: string
  readonly to?: string
}

/** Epoch ms, `[fromMs, toMs)`; what was not said is null. */
export interface AskedSpan {
  readonly fromMs: number | null
  readonly toMs: number | null
}

/** Reads `--from` and `--to`. Throws `usage`. */
export function askedSpan({ from, to }: SpanOptions, zone: string): AskedSpan {
  const fromMs = from === undefined ? null : parseInstant('--from', from, zone)
  const toMs = to === undefined ? null : parseInstant('--to', to, zone)
  if (fromMs !== null && toMs !== null && fromMs >= toMs) {
    throw new AppError('usage', '--to must be later than --from. Nothing was done.')
  }
  return { fromMs, toMs }
}

/**
 * Completes a span: up to now, from an hour before its end; and where nothing was said, the whole of a run that
 * reaches into that hour, from the second in which it began.
 */
export async function completeSpan(
  client: Client,
  { fromMs, toMs }: AskedSpan,
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
