import type { Comparison } from '../../src-shared/domain/compare/comparison.ts'
import { gapsText, type TimeSpan } from '../../src-shared/domain/known-spans.ts'
import { DEFAULT_SPAN, type ChosenSpan } from '../../src-shared/domain/span.ts'

const formats = new Map<string, Intl.DateTimeFormat>()

/** `14:37`, in a zone. */
export function timeText(epochMs: number, zone: string): string {
  return format(zone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(epochMs)
}

/** `Tue 24 Nov`, in a zone; with the year when it is not the year of `nowMs`. */
export function dayText(epochMs: number, zone: string, nowMs: number): string {
  const year = format(zone, { year: 'numeric' })
  const day = format(zone, { weekday: 'short', day: 'numeric', month: 'short' }).format(epochMs)
  const plain = day.replace(',', '')
  return year.format(epochMs) === year.format(nowMs) ? plain : `${plain} ${year.format(epochMs)}`
}

const NAMES: Readonly<Record<string, string>> = {
  'now/h now/h': 'This hour',
  'now/d now/d': 'Today',
  'now-1d/d now-1d/d': 'Yesterday',
  'now/w now/w': 'This week',
  'now-1w/w now-1w/w': 'Last week',
}

const UNITS = { m: 'min', h: 'h', d: 'days', w: 'weeks' } as const

/** What a span is called that was chosen by words: `Last 60 min`, `Yesterday`; the times of any other. */
export function spanName({ from, to }: ChosenSpan, shown: TimeSpan, zone: string, nowMs: number): string {
  const { count, unit } = /^now-(?<count>\d+)(?<unit>[mhdw])$/.exec(to === 'now' ? from : '')?.groups ?? {}
  if (unit === undefined) return NAMES[`${from} ${to}`] ?? timesText(shown, zone, nowMs)
  if (from === DEFAULT_SPAN.from) return 'Last 60 min'
  return `Last ${count} ${UNITS[unit as keyof typeof UNITS]}`
}

/** `Tue 24 Nov, 14:00–15:00`, `Tue 24 Nov` where it is all of a day, `Mon 23 Nov, 22:00 – Tue 24 Nov, 02:00`. */
export function timesText({ fromMs, toMs }: TimeSpan, zone: string, nowMs: number): string {
  const [first, last] = [dayText(fromMs, zone, nowMs), dayText(toMs - 1, zone, nowMs)]
  const isDays = timeText(fromMs, zone) === '00:00' && timeText(toMs, zone) === '00:00'
  if (isDays) return first === last ? first : `${first} – ${last}`
  if (first === last) return `${first}, ${spanText({ fromMs, toMs }, zone)}`
  return `${first}, ${timeText(fromMs, zone)} – ${dayText(toMs, zone, nowMs)}, ${timeText(toMs, zone)}`
}

/** `between 14:00 and 15:00` of today, `between Mon 23 Nov, 22:00 and Tue 24 Nov, 02:00`, `on Mon 23 Nov`. */
export function betweenText({ fromMs, toMs }: TimeSpan, zone: string, nowMs: number): string {
  const times = timesText({ fromMs, toMs }, zone, nowMs)
  if (times === dayText(fromMs, zone, nowMs)) return `on ${times}`
  return `between ${momentText(fromMs, zone, nowMs)} and ${momentText(toMs, zone, nowMs)}`
}

/** `14:00–15:00`. */
export function spanText(span: TimeSpan, zone: string): string {
  return `${timeText(span.fromMs, zone)}–${timeText(span.toMs, zone)}`
}

/** `13:12` on the day of `nowMs`, else `Mon 23 Nov, 13:12`. */
export function momentText(epochMs: number, zone: string, nowMs: number): string {
  const day = dayText(epochMs, zone, nowMs)
  const time = timeText(epochMs, zone)
  return day === dayText(nowMs, zone, nowMs) ? time : `${day}, ${time}`
}

/** What of a span is not known, in words, with the day where it is not that of the span's end: `not fetched since 05:43`. */
export function notFetchedText(gaps: readonly TimeSpan[], span: TimeSpan, zone: string): string {
  return gapsText(gaps, span, (ms) => momentText(ms, zone, span.toMs - 1))
}

/** `4 s`, `2 min`, `3 h`, `5 days`: how long, in the unit that says it best. */
export function durationText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000))
  if (seconds < 120) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} days`
}

function format(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = zone + JSON.stringify(options)
  const known = formats.get(key)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone })
  formats.set(key, made)
  return made
}

/** `60 min`, `6 h`, `7 days`, `26 h 30 min`: how long a span is. */
export function lengthText(ms: number): string {
  const minutes = Math.round(ms / 60_000)
  if (minutes < 120) return `${minutes} min`
  // Days of 23 or 25 hours are days.
  const days = Math.round(minutes / 1_440)
  if (days >= 3 && Math.abs(minutes - days * 1_440) <= 60) return `${days} days`
  const rest = minutes % 60 === 0 ? '' : ` ${minutes % 60} min`
  return `${Math.floor(minutes / 60)} h${rest}`
}

/** `1,204`. */
export function numberText(count: number): string {
  return count.toLocaleString('en-GB')
}

/** `1 difference`, `3 differences`; `many` where the plural has no s. */
export function countText(count: number, one: string, many = `${one}s`): string {
  return `${numberText(count)} ${count === 1 ? one : many}`
}

/** `a`, `a and b`, `a, b and c`. */
export function listText(parts: readonly string[]): string {
  const last = parts.at(-1) ?? ''
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`
}

/** With a capital letter first. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** With a small letter first. */
export function uncapital(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}

/** `1 minute`, `0.5 minutes`, `60 minutes`. */
export function minutesText(minutes: number): string {
  return `${minutes.toLocaleString('en-GB', { maximumFractionDigits: 2 })} ${minutes === 1 ? 'minute' : 'minutes'}`
}

/** `1 ticket`, `1,204 tickets`. */
export function ticketsText(count: number): string {
  return `${count.toLocaleString('en-GB')} ${count === 1 ? 'ticket' : 'tickets'}`
}

/** When that was which a span is compared with: `yesterday`, `on Mon 23 Nov`. */
export function comparisonText(comparison: Comparison, zone: string, nowMs: number): string {
  const name = { before: 'before', '1d': 'yesterday', '7d': 'a week ago' }[comparison]
  if (name !== undefined) return name
  if (comparison.endsWith('d')) return `${comparison.slice(0, -1)} days ago`
  const ms = Date.parse(comparison)
  return comparison.length === 'YYYY-MM-DD'.length
    ? `on ${dayText(ms, 'UTC', nowMs)}`
    : `from ${momentText(ms, zone, nowMs)} on`
}
