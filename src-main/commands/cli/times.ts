import {
  intervalFlag,
  intervalRefusal,
  INTERVALS,
  intervalText,
  type Interval,
} from '../../../src-shared/domain/interval.ts'
import type { TimeSpan } from '../../../src-shared/domain/known-spans.ts'
import { MS_PER_MINUTE } from '../../../src-shared/domain/minute.ts'
import { siteTime } from '../../../src-shared/domain/site-clock.ts'
import type { ChosenSpan, SpanClock } from '../../../src-shared/domain/span.ts'
import { nothingDone } from '../../../src-shared/errors/app-error.ts'
import type { ReadClient } from '../../app/stored.ts'
import { machineClock } from '../../runtime/clock.ts'
import { option } from './define-command.ts'
import { flagValue, zoneName } from './options.ts'

const LENGTHS = INTERVALS.map(intervalFlag)
const KNOWN_LENGTHS = `${LENGTHS.slice(0, -1).join(', ')} or ${LENGTHS.at(-1)}`

/** The flags of a command that is about a span; `from` and `to` say where it begins and ends where nothing is said. */
export function spanFlags(from = 'an hour before the end', to = 'now') {
  return {
    from: option(
      '<time>',
      `its beginning, as -2h, 14:05, now/d or 2026-11-24T14:00Z, or a whole span, as yesterday or "mon 9-11" (default: ${from})`,
    ),
    to: option('<time>', `its end, as 15:00 or now-1h (default: ${to})`),
    zone: option(
      '<zone>',
      'the time zone of times of day, days and weeks (default: that in which times are shown)',
      zoneName({ hint: 'Names are as Europe/Berlin or UTC.' }),
    ),
  }
}

/** And of one that counts in bars. */
export const BAR_FLAGS = {
  ...spanFlags(),
  interval: option(
    '<length>',
    `how long a bar is: ${KNOWN_LENGTHS} (default: the shortest that gives at most 120)`,
    flagValue(KNOWN_LENGTHS, (text) => INTERVALS.find((one) => intervalFlag(one) === text) ?? null, {
      nothing: 'Nothing was counted.',
    }),
  ),
}

export interface SpanOptions {
  readonly from?: string
  readonly to?: string
  readonly zone?: string
  readonly interval?: Interval
}

/** A span as it is now, of bars of so many minutes. Days and weeks are those of the zone's calendar. */
export interface CountedSpan {
  readonly fromMs: number
  readonly toMs: number
  readonly bucketMinutes: Interval
  readonly zone: string
}

/** Asked at each change: it may move with the time. */
export type SpanNow = (client: ReadClient) => Promise<CountedSpan>

/**
 * Which span `--from` and `--to` say, by the wall clock of `zone` where there is no `--zone`. Throws `usage` at once for what
 * is no time, and when it is asked for a span that ends before it begins, lies in the future or has too few or too many bars.
 * Where nothing is said it is the last hour, or the whole of a run that reaches into it, from the second in which it began.
 */
export async function askedSpan(options: SpanOptions, zone: string): Promise<SpanNow> {
  const { spanOfBars } = await import('../../../src-shared/domain/buckets.ts')
  const { DEFAULT_SPAN, readSpan } = await import('../../../src-shared/domain/span.ts')
  const isAsked = isSpanAsked(options)
  if (isAsked) await checkSpan(options, options.zone ?? zone)
  /** What was meant when it was first asked; a time of day stays that. */
  let chosen: ChosenSpan | null = isAsked ? null : DEFAULT_SPAN
  return async (client) => {
    const clock = await clockOf(client, options)
    chosen ??= readSpan(options, clock)
    const usual = spanOfBars(chosen, clock)
    const { interval = usual.bucketMinutes } = options
    if (interval !== usual.bucketMinutes) checkInterval(usual, interval)
    const span = { ...spanOfBars(chosen, clock, interval), zone: clock.zone }
    return isAsked ? span : { ...span, fromMs: await beginningOfRun(client, span.fromMs) }
  }
}

/** Throws `usage` where such bars are not drawn of the span. */
function checkInterval({ fromMs, toMs }: TimeSpan, interval: Interval): void {
  const minutes = (toMs - fromMs) / MS_PER_MINUTE
  const refusal = intervalRefusal(minutes, interval)
  if (refusal === null) return
  const fitting = INTERVALS.filter((one) => intervalRefusal(minutes, one) === null).map(intervalFlag)
  throw nothingDone(
    'usage',
    `Bars of ${intervalText(interval)} do not suit this span: that would be ${refusal}.`,
    fitting.length === 0 ? 'Take another span.' : `Take ${fitting.join(', ')}, or another span.`,
  )
}

/** Throws `usage` for what is wrong by whatever clock. */
async function checkSpan(options: SpanOptions, zone: string): Promise<void> {
  const { isRolling, readSpan, resolveSpan } = await import('../../../src-shared/domain/span.ts')
  const nowMs = machineClock.now()
  const span = readSpan(options, { nowMs, zone })
  const isMoving = isRolling(span)
  if (isMoving === span.from.startsWith('now'))
    resolveSpan(span, { nowMs: isMoving ? nowMs : Infinity, zone })
}

export function isSpanAsked({ from, to }: SpanOptions): boolean {
  return from !== undefined || to !== undefined
}

async function clockOf(client: ReadClient, options: SpanOptions): Promise<SpanClock> {
  const { clock, zone } = await client.call('session.get', {})
  return { nowMs: siteTime(clock, machineClock.now()), zone: options.zone ?? zone }
}

async function beginningOfRun(client: ReadClient, fromMs: number): Promise<number> {
  const run = await client.call('runs.current', {})
  const reachesIn = run !== null && run.startMs < fromMs && run.endMs > fromMs
  return reachesIn ? run.startMs - (run.startMs % 1_000) : fromMs
}
