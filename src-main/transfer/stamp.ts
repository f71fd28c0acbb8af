import { Temporal } from 'temporal-polyfill'

/** An instant as somebody wrote it down. */
interface Stamp {
  readonly epochMs: number
  /** Whether it says which zone it means; else it was taken for the wall clock of the zone that was given. */
  readonly hasOffset: boolean
}

/** `2021-03-04T10:11:12.000+0000` (Jira), `2021-03-04 10:11:12.123456+00:00` (Python), `2021-03-04 10:11:12+00` (PostgreSQL). */
const ISO =
  /^(?<day>\d{4}-\d\d-\d\d)[T ](?<time>\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?) ?(?<offset>Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?$/i

/** `Thu, 04 Mar 2021 10:11:12 +0000`: https://www.rfc-editor.org/rfc/rfc5322#section-3.3. */
const RFC_2822 =
  /^(?:[a-z]{3}, *)?(?<date>\d{1,2}) +(?<month>[a-z]{3}) +(?<year>\d{4}) +(?<time>\d\d:\d\d(?::\d\d)?)(?: +(?<offset>[+-]\d{4}|[a-z]{1,3}))?(?: *\([^()]*\))?$/i

/** `24/Nov/26 2:03 PM`, as Jira's own export has it unless its look and feel says otherwise; `24/Nov/2026 14:03:22`. */
const JIRA_CSV =
  /^(?<date>\d{1,2})[/ -](?<month>[a-z]{3})[a-z]*[/ -](?<year>\d{4}|\d\d),? +(?<hour>\d{1,2}):(?<rest>\d\d(?::\d\d)?)(?: *(?<half>[ap])m)?$/i

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** The names that RFC 2822 itself gives a meaning; those of military zones have none that can be trusted. */
const NAMED_OFFSETS: Readonly<Record<string, string>> = {
  z: 'Z',
  ut: 'Z',
  utc: 'Z',
  gmt: 'Z',
  est: '-0500',
  edt: '-0400',
  cst: '-0600',
  cdt: '-0500',
  mst: '-0700',
  mdt: '-0600',
  pst: '-0800',
  pdt: '-0700',
}

/** No Jira is older, and no calendar of ours goes further. */
const FIRST_MS = 0
const END_MS = Date.UTC(10_000, 0)

/**
 * Reads an instant in one of the forms that Jira, its CSV export, Python, PostgreSQL and e-mail write. `zone` (IANA) is whose wall clock
 * is meant where the text has no offset. Null where it is none of these, no day of the calendar, or before 1970.
 */
export function parseStamp(text: string, zone: string): Stamp | null {
  const parts = isoParts(text) ?? rfcParts(text) ?? jiraCsvParts(text)
  if (parts === null) return null
  const { wallClock, offset } = parts
  try {
    const epochMs =
      offset === null
        ? Temporal.PlainDateTime.from(wallClock).toZonedDateTime(zone).epochMilliseconds
        : Temporal.Instant.from(`${wallClock}${offset}`).epochMilliseconds
    return epochMs >= FIRST_MS && epochMs < END_MS ? { epochMs, hasOffset: offset !== null } : null
  } catch (error) {
    if (error instanceof RangeError) return null // the 30th of February
    throw error
  }
}

type Parts = { readonly wallClock: string; readonly offset: string | null }

function isoParts(text: string): Parts | null {
  const { day, time, offset } = ISO.exec(text)?.groups ?? {}
  if (day === undefined) return null
  return { wallClock: `${day}T${time}`, offset: offsetOf(offset) }
}

function rfcParts(text: string): Parts | null {
  const { date = '', month = '', year, time, offset } = RFC_2822.exec(text)?.groups ?? {}
  const number = MONTHS.indexOf(month.toLowerCase()) + 1
  if (number === 0 || (offset !== undefined && offsetOf(offset) === null)) return null
  const day = `${year}-${twoDigits(number)}-${date.padStart(2, '0')}`
  return { wallClock: `${day}T${time}`, offset: offsetOf(offset) }
}

function jiraCsvParts(text: string): Parts | null {
  const { date = '', month = '', year = '', hour = '', rest, half } = JIRA_CSV.exec(text)?.groups ?? {}
  const number = MONTHS.indexOf(month.toLowerCase()) + 1
  const isTwelveHours = half !== undefined
  if (number === 0 || (isTwelveHours && (Number(hour) < 1 || Number(hour) > 12))) return null
  const hours = isTwelveHours ? (Number(hour) % 12) + (half.toLowerCase() === 'p' ? 12 : 0) : Number(hour)
  const day = `${year.padStart(4, '20')}-${twoDigits(number)}-${date.padStart(2, '0')}`
  return { wallClock: `${day}T${twoDigits(hours)}:${rest}`, offset: null }
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0')
}

/** As ISO 8601 has it; null for none, and for a name that means nothing. */
function offsetOf(text: string | undefined): string | null {
  if (text === undefined) return null
  return /^[+-]/.test(text) ? text : (NAMED_OFFSETS[text.toLowerCase()] ?? null)
}
