import { parseSpan, resolveSpan, type ChosenSpan, type SpanClock } from '../../src-shared/domain/span.ts'
import type { TimeMark } from '../../src-shared/contract/marks.ts'
import { markText } from '../../src-shared/domain/time-marks.ts'
import { toWireError } from '../../src-shared/errors/app-error.ts'
import type { Command } from '../app/commands.ts'
import type { ListedTicket } from '../live/dashboard-state.ts'
import { momentText, timesText } from '../live/text.ts'

/** Something that was found, and what choosing it does. */
export interface PaletteItem {
  /** Unique among all that are found. */
  readonly id: string
  readonly group: string
  readonly title: string
  readonly keys?: string
  readonly run: () => void
}

/** Whether every word of a text is in one of these. */
function has(text: string, ...texts: readonly string[]): boolean {
  const all = texts.join(' ').toLowerCase()
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word))
}

/** The commands that make sense now and have every word of a text, in their order. */
export function findCommands(commands: readonly Command[], text: string): PaletteItem[] {
  return commands.filter(({ enabled, group, title }) => enabled && has(text, group, title))
}

/**
 * The span that a text is, as `parseSpan` reads it. Where it looks like one and is none, `wrong` says why; else that is
 * empty.
 */
export function findTime(
  text: string,
  clock: SpanClock,
  show: (span: ChosenSpan) => void,
): { readonly found: readonly PaletteItem[]; readonly wrong: string } {
  if (text.trim() === '') return { found: [], wrong: '' }
  try {
    const span = parseSpan(text, clock)
    const times = timesText(resolveSpan(span, clock), clock.zone, clock.nowMs)
    return {
      found: [{ id: 'time', group: 'Time', title: `Show ${times}`, run: () => show(span) }],
      wrong: '',
    }
  } catch (error) {
    return { found: [], wrong: /^\s*-?\d/.test(text) ? toWireError(error).what : '' }
  }
}

/** Marks of the span shown that have every word of a text, each with when it was; none of an empty text. */
export function markFindings(
  marks: readonly TimeMark[],
  text: string,
  { nowMs, zone }: SpanClock,
  show: (epochMs: number) => void,
): PaletteItem[] {
  const found = text.trim() === '' ? [] : marks.filter((mark) => has(text, 'mark', mark.kind, mark.text))
  return found.slice(0, MAX_MARKS).map((mark) => ({
    id: `mark-${mark.id}`,
    group: 'Mark',
    title: markText(mark),
    keys: momentText(mark.fromMs, zone, nowMs),
    run: () => show(mark.fromMs),
  }))
}

const MAX_MARKS = 8

/** Tickets, each with when it was created. */
export function ticketFindings(
  tickets: readonly ListedTicket[],
  { nowMs, zone }: SpanClock,
  show: (ticket: ListedTicket) => void,
): PaletteItem[] {
  return tickets.map((ticket) => ({
    id: `ticket-${ticket.id}`,
    group: ticket.key,
    title: ticket.title,
    keys: momentText(ticket.createdMs, zone, nowMs),
    run: () => show(ticket),
  }))
}
