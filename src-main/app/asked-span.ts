import type { Params } from '../../src-shared/contract/methods.ts'
import { calendarStarts, isOfCalendar, spanOfBars, type SpanOfBars } from '../../src-shared/domain/buckets.ts'
import { usualInterval } from '../../src-shared/domain/interval.ts'
import type { TimeSpan } from '../../src-shared/domain/known-spans.ts'
import { minuteSpan, type MinuteSpan } from '../../src-shared/domain/minute.ts'
import type { Buckets } from '../../src-shared/domain/series.ts'
import { readSpan, type SpanClock } from '../../src-shared/domain/span.ts'
import { nothingDone } from '../../src-shared/errors/app-error.ts'
import { isZone } from '../../src-shared/domain/zone.ts'
import type { SiteTime } from '../runtime/clock.ts'

/** A week of minutes, with room: what a command may ask for at once. A chart asks for 1,500 at most. */
const MAX_BUCKETS = 20_000

type AskedSpan = Params<'counts.outside'>
type ChosenBars = Extract<Params<'counts.get'>, { readonly from: string }>

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
    if ('from' in asked) return chosenBars(asked)
    if (asked.toMs < asked.fromMs) throw endsBefore()
    return asked
  }

  const chosenBars = ({ bucketMinutes, zone: meant, ...ends }: ChosenBars): SpanOfBars => {
    const clock = clockIn(meant)
    return spanOfBars(readSpan(ends, clock), clock, bucketMinutes)
  }

  return {
    instants: (asked: AskedSpan): TimeSpan => {
      const { fromMs, toMs } = instants(asked)
      return { fromMs, toMs }
    },

    /** The whole minutes that cover it. */
    minutes: (asked: AskedSpan): MinuteSpan => checkedMinutes(instants(asked)),

    /** As `minutes`, of which each is looked at by itself. */
    fewMinutes: (asked: AskedSpan): MinuteSpan => checkedBuckets(instants(asked), 1),

    buckets(asked: Params<'counts.get'>): Buckets {
      if ('from' in asked) {
        const span = chosenBars(asked)
        return inCalendar(checkedBuckets(span, span.bucketMinutes), checkedZone(asked.zone ?? zone))
      }
      const { fromMinute, toMinute } = checkedMinutes(asked)
      const interval = asked.bucketMinutes ?? usualInterval(toMinute - fromMinute)
      const buckets = checkedBuckets(asked, interval)
      return asked.zone === undefined ? buckets : inCalendar(buckets, checkedZone(asked.zone))
    },
  }
}

function inCalendar(span: Buckets, zone: string): Buckets {
  const { bucketMinutes } = span
  if (!isOfCalendar(bucketMinutes)) return span
  return { ...span, startMinutes: calendarStarts(span, bucketMinutes, zone) }
}

/** Throws `usage` where there is none of that name. */
export function checkedZone(name: string): string {
  if (isZone(name)) return name
  throw nothingDone(
    'usage',
    `There is no time zone ${name}.`,
    'Give its IANA name, as Europe/Berlin, or UTC.',
  )
}

function checkedMinutes({ fromMs, toMs }: TimeSpan): MinuteSpan {
  const span = minuteSpan(fromMs, toMs)
  if (span.toMinute <= span.fromMinute) throw endsBefore()
  return span
}

function checkedBuckets(span: TimeSpan, bucketMinutes: number): Buckets {
  const minutes = checkedMinutes(span)
  const buckets = (minutes.toMinute - minutes.fromMinute) / bucketMinutes
  if (buckets <= MAX_BUCKETS) return { ...minutes, bucketMinutes }
  throw nothingDone(
    'usage',
    `The span has ${Math.ceil(buckets)} buckets; at most ${MAX_BUCKETS} are counted at once.`,
    'Take wider buckets or a shorter span.',
  )
}

function endsBefore() {
  return nothingDone('usage', 'The span ends before it begins.', 'Give a later end.')
}
