import type { SeenTicket } from './jira-snapshot.ts'
import type { AuditContext } from './audit-context.ts'
import { forEachYielding } from './in-turn.ts'
import type { Others } from './judge-others.ts'
import type { AuditedTicket, StoredTickets } from './read-stored.ts'

interface OfSpan {
  /** Watched tickets as Jira's search returns them. */
  readonly found: ReadonlyMap<string, SeenTicket>
  readonly stored: StoredTickets
  /** What was looked up; those are put to it that are found now. */
  readonly tickets: Map<string, SeenTicket>
}

/**
 * The watched tickets of a span that are no slot's. Those that only one of Jira's index and the store has are looked up
 * past the index, since either may be behind: `doubtful` has those that only the store has, as they are.
 */
export async function otherTickets(
  ownIds: ReadonlySet<string>,
  { found, stored, tickets }: OfSpan,
  { snapshot, signal }: Pick<AuditContext, 'snapshot' | 'signal'>,
): Promise<Others & { readonly doubtful: readonly SeenTicket[] }> {
  const others = { searched: new Array<SeenTicket>(), onlyStored: new Array<AuditedTicket>() }
  const unknown: string[] = []
  await forEachYielding(found.values(), signal, (ticket) => {
    if (ownIds.has(ticket.id)) return
    others.searched.push(ticket)
    if (!stored.counted.has(ticket.id) && !tickets.has(ticket.id)) unknown.push(ticket.id)
  })
  await forEachYielding(stored.counted.values(), signal, (kept) => {
    if (ownIds.has(kept.id) || found.has(kept.id)) return
    others.onlyStored.push(kept)
    if (!tickets.has(kept.id)) unknown.push(kept.id)
  })
  const lookedUp = await snapshot.lookUp(unknown)
  await forEachYielding(lookedUp, signal, ([id, ticket]) => tickets.set(id, ticket))
  const doubtful = others.onlyStored.flatMap(({ id }) => tickets.get(id) ?? [])
  return { ...others, doubtful }
}
