import type { TimeSpan } from '../../src-shared/domain/known-spans.ts'

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

/** `Tue 24 Nov, 14:00–15:00`. */
export function hourText(hour: TimeSpan, zone: string, nowMs: number): string {
  return `${dayText(hour.fromMs, zone, nowMs)}, ${spanText(hour, zone)}`
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
