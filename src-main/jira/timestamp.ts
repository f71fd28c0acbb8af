const STAMP =
  /^(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d{1,9}))?(?:Z|([+-])([01]\d):?([0-5]\d))$/

/**
 * Epoch ms of a Jira time stamp such as `2026-09-27T10:03:11.123+0200`, NaN where it is none. Jira prints the site's
 * zone and no colon in the offset, which `Date.parse` takes only by a fallback that takes much else, too.
 */
export function parseJiraStamp(text: string): number {
  const parts = STAMP.exec(text)
  if (parts === null) return Number.NaN
  const [
    ,
    year,
    month,
    day,
    hour,
    minute,
    second,
    fraction = '',
    sign,
    offsetHours = '0',
    offsetMinutes = '0',
  ] = parts
  const localMs = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
    Number(fraction.slice(0, 3).padEnd(3, '0')),
  )
  const offsetMs = (Number(offsetHours) * 60 + Number(offsetMinutes)) * 60_000
  return sign === '-' ? localMs + offsetMs : localMs - offsetMs
}
