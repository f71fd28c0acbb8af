import { MS_PER_MINUTE } from './minute.ts'
import { machineTime, siteTime, type SiteClock } from './site-clock.ts'

/** Instants `[fromMs, toMs)`, epoch ms. */
export interface TimeSpan {
  readonly fromMs: number
  readonly toMs: number
}

/** The latest instant that there is: a span up to it has no end. */
export const END_OF_TIME_MS = 8_640_000_000_000_000

export const ALL_TIME: TimeSpan = { fromMs: 0, toMs: END_OF_TIME_MS }

/**
 * Creation times whose tickets are all fetched, as far as Jira's index shows them: in order, apart from each other. A
 * count of any other time is not known, even where it is 0.
 */
export type KnownSpans = readonly TimeSpan[]

/** All time before `untilMs`, from when on tickets are kept, less what is still open. Spans are in order. */
export function knownExcept(untilMs: number, open: readonly TimeSpan[], keptFromMs = 0): KnownSpans {
  return unknownWithin(open, { fromMs: keptFromMs, toMs: untilMs })
}

/** A time of which nothing is known: nobody fetched it, or retention deleted what was there. */
export interface Gap extends TimeSpan {
  readonly isDeleted?: true
}

/** What of a span is not known, in order. Whatever was created before `keptFromMs` was deleted. */
export function unknownWithin(known: KnownSpans, { fromMs, toMs }: TimeSpan, keptFromMs = 0): Gap[] {
  let reachedMs = Math.max(fromMs, Math.min(toMs, keptFromMs))
  const gaps: Gap[] = reachedMs > fromMs ? [{ fromMs, toMs: reachedMs, isDeleted: true }] : []
  for (const span of known) {
    if (span.toMs <= reachedMs) continue
    if (span.fromMs >= toMs) break
    if (span.fromMs > reachedMs) gaps.push({ fromMs: reachedMs, toMs: span.fromMs })
    reachedMs = span.toMs
  }
  if (reachedMs < toMs) gaps.push({ fromMs: reachedMs, toMs })
  return gaps
}

/** How much of a span lies in the others, which are apart from each other, in ms. */
export function sharedMs(spans: readonly TimeSpan[], { fromMs, toMs }: TimeSpan): number {
  return spans.reduce(
    (sum, span) => sum + Math.max(0, Math.min(toMs, span.toMs) - Math.max(fromMs, span.fromMs)),
    0,
  )
}

/** So long after the last fetch nothing needs to be wrong: counts are called provisional, and then not known. Real ms. */
export const SILENCE_MS = 120_000

/**
 * What is known when the machine's clock shows `machineMs` (epoch ms): where the last fetch is not long ago, up to now,
 * although the newest part comes with the next fetch.
 */
export function knownAt(known: KnownSpans, clock: SiteClock, machineMs: number): KnownSpans {
  const nowMs = siteTime(clock, machineMs)
  const last = known.at(-1)
  if (last === undefined || last.toMs >= nowMs || silentMs(last.toMs, clock, machineMs) > SILENCE_MS)
    return known
  return [...known.slice(0, -1), { ...last, toMs: nowMs }]
}

/** How long ago the site's clock showed `siteMs`, in real ms. Before it ran as it does now, it ran as the machine's. */
export function silentMs(siteMs: number, clock: SiteClock, machineMs: number): number {
  const beforeMs = Math.max(0, clock.siteMs - siteMs)
  return beforeMs + machineMs - machineTime(clock, Math.max(siteMs, clock.siteMs))
}

/**
 * What of the span `[fromMs, toMs)`, in the parts `gaps`, is not known, in words; empty where all is. `clock` says an instant
 * (epoch ms) as a person reads it: `not fetched since 14:50`.
 */
export function gapsText(
  gaps: readonly Gap[],
  { fromMs, toMs }: TimeSpan,
  clock: (epochMs: number) => string,
): string {
  const [gap, ...others] = gaps
  if (gap === undefined) return ''
  if (gap.isDeleted) {
    const when = gap.toMs >= toMs ? '' : ` before ${clock(gap.toMs)}`
    const later = gapsText(others, { fromMs: gap.toMs, toMs }, clock)
    return `deleted by retention${when}${later === '' ? '' : `, ${later}`}`
  }
  if (others.length > 0) {
    const minutes = Math.ceil(sharedMs(gaps, { fromMs, toMs }) / MS_PER_MINUTE)
    return `not fetched in ${gaps.length} gaps, ${minutes} min together`
  }
  if (gap.toMs >= toMs) return gap.fromMs <= fromMs ? 'not fetched' : `not fetched since ${clock(gap.fromMs)}`
  if (gap.fromMs <= fromMs) return `not fetched before ${clock(gap.toMs)}`
  return `not fetched from ${clock(gap.fromMs)} to ${clock(gap.toMs)}`
}
