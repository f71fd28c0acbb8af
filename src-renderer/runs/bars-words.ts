import type { RunMinute } from '../../src-shared/contract/models.ts'
import { startOfMinute } from '../../src-shared/domain/minute.ts'
import { ticketsWords } from '../chart/chart-text.ts'
import { spanWords } from '../live/time-words.ts'

/** What the bars say, for who does not see them. */
export function barsWords(minutes: readonly RunMinute[], zone: string): string {
  const [first, last] = [minutes[0], minutes.at(-1)]
  if (first === undefined || last === undefined) return 'Planned and made tickets by minute'
  const sum = (count: (minute: RunMinute) => number): number =>
    minutes.reduce((all, minute) => all + count(minute), 0)
  const span = { fromMs: startOfMinute(first.minute), toMs: startOfMinute(last.minute + 1) }
  const [made, notMade] = [sum(({ created }) => created), sum((minute) => minute.notMade)]
  const rest = notMade === 0 ? '' : `, ${notMade.toLocaleString('en-GB')} not made`
  return (
    `${spanWords(span, zone)}: ${made.toLocaleString('en-GB')} of ${ticketsWords(sum(({ planned }) => planned))} made` +
    `${rest}, at most ${Math.max(...minutes.map(({ planned }) => planned))} planned in a minute`
  )
}
