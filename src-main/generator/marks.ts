import { randomBytes } from 'node:crypto'
import { Type } from 'typebox'
import { Check } from 'typebox/value'
import { minuteOf, startOfMinute } from '../../src-shared/domain/minute.ts'
import { searchPages, type FoundTicket, type Jira } from '../jira/jira.ts'

const PAGE_SIZE = 100

/** On every ticket that was ever generated: what a person searches for to find or to exclude them all. */
export const GENERATED_LABEL = 'jira-tpm'

/** The issue property that says which slot of which run a ticket was made for. */
export const SLOT_PROPERTY = 'jira-tpm'

const SlotMark = Type.Object({ run: Type.String(), slot: Type.Integer({ minimum: 0 }) })

/** The label that finds one run's tickets. */
export function runLabel(runId: string): string {
  return `jira-tpm-${runId}`
}

const RUN_LABEL = /^jira-tpm-[a-z2-7]{8}$/

/** Whether a ticket with these labels was made by a run, of whichever machine and store. */
export function isRehearsed(labels: readonly string[]): boolean {
  return labels.some((label) => label === GENERATED_LABEL || RUN_LABEL.test(label))
}

export function slotMark(runId: string, slot: number): { run: string; slot: number } {
  return { run: runId, slot }
}

/** The slot that a ticket's property names, null where it has none or is of another run. */
export function markedSlot(property: unknown, runId: string): number | null {
  return Check(SlotMark, property) && property.run === runId ? property.slot : null
}

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'

const RUN_ID_LENGTH = 8

/** A run's name: eight lower-case base32 characters, short enough to read out, long enough never to come twice. */
export function newRunId(): string {
  return Array.from(randomBytes(RUN_ID_LENGTH), (byte) => BASE32.charAt(byte % 32)).join('')
}

interface SearchedTickets {
  /** These (50 at most) are answered truly, whatever the index knows. */
  readonly reconcileIds?: readonly string[]
  /** Only those created since the beginning of that minute (site epoch ms). */
  readonly sinceMs?: number
}

/**
 * The tickets that carry a run's label, as Jira's search finds them now, each once. The index lags: a ticket that is
 * not among them may exist.
 */
export async function searchRunTickets(
  jira: Pick<Jira, 'search'>,
  runId: string,
  signal: AbortSignal,
  { reconcileIds = [], sinceMs = 0 }: SearchedTickets = {},
): Promise<FoundTicket[]> {
  const found = new Map<string, FoundTicket>()
  const since = sinceMs > 0 ? ` AND created >= ${startOfMinute(minuteOf(sinceMs))}` : ''
  const query = {
    jql: `labels = "${runLabel(runId)}"${since} ORDER BY created ASC, key ASC`,
    pageSize: PAGE_SIZE,
    reconcileIds,
    property: SLOT_PROPERTY,
  }
  for await (const page of searchPages(jira, query, signal)) {
    for (const ticket of page.tickets) found.set(ticket.id, ticket)
  }
  return [...found.values()]
}
