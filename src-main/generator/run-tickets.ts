import { minuteOf, startOfMinute } from '../../src-shared/domain/minute.ts'
import { searchPages, type FoundTicket, type Jira } from '../jira/jira.ts'
import { runLabel, SLOT_PROPERTY } from './marks.ts'

const PAGE_SIZE = 100

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
