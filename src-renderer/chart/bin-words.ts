import { startOfMinute } from '../../src-shared/domain/minute.ts'
import type { Priority } from '../../src-shared/domain/ticket.ts'
import type { Span } from '../live/hour.ts'
import { spanWords, timeWords } from '../live/time-words.ts'
import type { Bin, BinState } from './bins.ts'

/** `1 ticket`, `1,204 tickets`. */
export function ticketsWords(count: number): string {
  return `${count.toLocaleString('en-GB')} ${count === 1 ? 'ticket' : 'tickets'}`
}

/** `High or Highest`, `P2, P1 or P0`: any of them. */
export function eitherWords(priorities: readonly Priority[]): string {
  const names = priorities.map(({ name }) => name)
  return [names.slice(0, -1).join(', '), ...names.slice(-1)].filter((part) => part !== '').join(' or ')
}

/** The time of a bar in epoch ms. */
export function binSpan(bin: Bin): Span {
  return { fromMs: startOfMinute(bin.startMinute), toMs: startOfMinute(bin.startMinute + bin.minutes) }
}

/** `14:37` for a minute, `14:30–14:40` for more. */
export function binTimeWords(bin: Bin, zone: string): string {
  const span = binSpan(bin)
  return bin.minutes === 1 ? timeWords(span.fromMs, zone) : spanWords(span, zone)
}

/** What a bar's colour says of its state, or nothing where it is settled. */
export function stateWords(state: BinState): string {
  return { settled: '', unsettled: 'not settled yet', unfinished: 'not over yet', future: 'still to come' }[
    state
  ]
}

/** A bar as a screen reader says it: `14:37, 4 tickets: 1 Highest, 3 High, not settled yet`. */
export function binWords(bin: Bin, priorities: readonly Priority[], zone: string): string {
  const parts = bin.byPriority.flatMap((count, p) =>
    count === 0 ? [] : [`${count} ${priorities[p]?.name ?? ''}`],
  )
  const counts = ticketsWords(bin.total) + (parts.length === 0 ? '' : `: ${parts.join(', ')}`)
  return [binTimeWords(bin, zone), counts, stateWords(bin.state)].filter((part) => part !== '').join(', ')
}
