import type { FoundTicket, Jira } from '../jira/jira.ts'
import { searchRunTickets } from '../generator/run-tickets.ts'

/** As many ids as one search can be made consistent about. */
const IDS_A_SEARCH = 50

/** What Jira knows of a run's tickets. */
export interface IndexedTickets {
  /** Those that its search returns now. */
  readonly found: readonly FoundTicket[]
  /** Those of the ids asked for that it has, although its index does not show them yet. */
  readonly lagging: ReadonlySet<string>
}

/**
 * Asks Jira anew which tickets of a run there are. `ids` are the tickets that should be among them: of those that the
 * index does not show Jira is asked once more, by their ids, which tells a late index from a deleted ticket.
 */
export async function readIndexed(
  jira: Jira,
  runId: string,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<IndexedTickets> {
  const found = await searchRunTickets(jira, runId, signal)
  const seen = new Set(found.map(({ id }) => id))
  const unseen = ids.filter((id) => !seen.has(id))
  const lagging = new Set<string>()
  for (let at = 0; at < unseen.length; at += IDS_A_SEARCH) {
    const asked = new Set(unseen.slice(at, at + IDS_A_SEARCH))
    for (const { id } of await searchRunTickets(jira, runId, signal, { reconcileIds: [...asked] })) {
      if (asked.has(id)) lagging.add(id)
    }
  }
  return { found, lagging }
}
