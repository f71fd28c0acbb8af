import type { Params } from '../../src-shared/contract/methods.ts'
import { calendarStarts, isOfCalendar, spanOfBars, type SpanOfBars } from '../../src-shared/domain/buckets.ts'
import { intervalFor, USUAL_BARS } from '../../src-shared/domain/interval.ts'
import type { TimeSpan } from '../../src-shared/domain/known-spans.ts'
import { minuteSpan, startOfMinute, type MinuteSpan } from '../../src-shared/domain/minute.ts'
import type { Buckets } from '../../src-shared/domain/series.ts'
import { isRolling, readSpan, resolveSpan, type SpanClock } from '../../src-shared/domain/span.ts'
import { nothingDone } from '../../src-shared/errors/app-error.ts'
import { isZone } from '../config/zone.ts'
import type { SiteTime } from '../runtime/clock.ts'

/** A week of minutes, with room: what a command may ask for at once. A chart asks for 1,500 at most. */
const MAX_BUCKETS = 20_000

type AskedSpan = Params<'counts.outside'>

/**
 * What calls say of a span, by the site's clock; `zone` is the one in which times are shown. Each throws `usage` for what is
 * no span.
 */
export function createSpans(time: Pick<SiteTime, 'now'>, zone: string) {
  const clockIn = (asked: string | undefined): SpanClock => ({
    nowMs: time.now(),
    zone: checkedZone(asked ?? zone),
  })

  /** Of one that moves with the clock whole bars, as a chart of it has. */
  const instants = (asked: AskedSpan): TimeSpan => {
    if ('fromMs' in asked) {
      if (asked.toMs < asked.fromMs) throw endsBefore()
      return asked
    }
    const clock = clockIn(asked.zone)
    const chosen = readSpan(asked, clock)
    if (!isRolling(chosen)) return resolveSpan(chosen, clock)
    const { fromMinute, toMinute } = spanOfBars(chosen, clock)
    return { fromMs: startOfMinute(fromMinute), toMs: startOfMinute(toMinute) }
  }

  /** The whole minutes that cover it. */
  const minutes = (asked: AskedSpan): MinuteSpan => {
    const { fromMs, toMs } = instants(asked)
    const span = minuteSpan(fromMs, toMs)
    if (span.toMinute <= span.fromMinute) throw endsBefore()
    return span
  }

  return {
    instants,
    minutes,

    /** As `minutes`, of which each is looked at by itself. */
    fewMinutes: (asked: AskedSpan): MinuteSpan => checkedLength({ ...minutes(asked), bucketMinutes: 1 }),

    buckets(asked: Params<'counts.get'>): Buckets {
      if ('fromMs' in asked) {
        const { bucketMinutes, zone: ofCalendar, ...given } = asked
        const span = minutes(given)
        const interval = bucketMinutes ?? intervalFor(span.toMinute - span.fromMinute, USUAL_BARS)
        const checked = checkedLength({ ...span, bucketMinutes: interval })
        return ofCalendar === undefined ? checked : inCalendar(checked, checkedZone(ofCalendar))
      }
      const { bucketMinutes, zone: meant, ...given } = asked
      const clock = clockIn(meant)
      return inCalendar(checkedLength(spanOfBars(readSpan(given, clock), clock, bucketMinutes)), clock.zone)
    },
  }
}

function inCalendar(span: SpanOfBars, zone: string): Buckets {
  const { bucketMinutes } = span
  if (!isOfCalendar(bucketMinutes)) return span
  return { ...span, startMinutes: calendarStarts(span, bucketMinutes, zone) }
}

function checkedZone(name: string): string {
  if (isZone(name)) return name
  throw nothingDone(
    'usage',
    `There is no time zone ${name}.`,
    'Give its IANA name, as Europe/Berlin, or UTC.',
  )
}

function endsBefore() {
  return nothingDone('usage', 'The span ends before it begins.', 'Give a later end.')
}

function checkedLength(span: SpanOfBars): SpanOfBars {
  const buckets = (span.toMinute - span.fromMinute) / span.bucketMinutes
  if (buckets <= MAX_BUCKETS) return span
  throw nothingDone(
    'usage',
    `The span has ${Math.ceil(buckets)} buckets; at most ${MAX_BUCKETS} are counted at once.`,
    'Take wider buckets or a shorter span.',
  )
}
