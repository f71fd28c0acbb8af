import { isoInstant, startOfMinute, type MinuteSpan } from '../minute.ts'

/** So much before an alert is shown with it, in minutes. */
const BEFORE = 30

/** Behind the `#` of the dashboard’s address: the chart around a span, whose tickets are listed. */
export function alertAddress({ fromMinute, toMinute }: MinuteSpan): string {
  const [from, to] = [fromMinute, toMinute].map((minute) => isoInstant(startOfMinute(minute)))
  const shownFrom = isoInstant(startOfMinute(fromMinute - BEFORE))
  return `from=${shownFrom}&to=${to}&opened=${from}/${to}&view=bar`
}
