import type { SeenTicket } from './ask-jira.ts'
import type { Auditing } from './auditing.ts'
import { inTurn } from './in-turn.ts'
import type { Others } from './judge-others.ts'
import type { StoredTicket, StoredTickets } from './read-stored.ts'

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
  { witness, signal }: Pick<Auditing, 'witness' | 'signal'>,
): Promise<Others & { readonly doubtful: readonly SeenTicket[] }> {
  const others = { searched: new Array<SeenTicket>(), onlyStored: new Array<StoredTicket>() }
  const unknown: string[] = []
  await inTurn(found.values(), signal, (ticket) => {
    if (ownIds.has(ticket.id)) return
    others.searched.push(ticket)
    if (!stored.counted.has(ticket.id) && !tickets.has(ticket.id)) unknown.push(ticket.id)
  })
  await inTurn(stored.counted.values(), signal, (kept) => {
    if (ownIds.has(kept.id) || found.has(kept.id)) return
    others.onlyStored.push(kept)
    if (!tickets.has(kept.id)) unknown.push(kept.id)
  })
  const lookedUp = await witness.lookUp(unknown)
  await inTurn(lookedUp, signal, ([id, ticket]) => tickets.set(id, ticket))
  const doubtful = others.onlyStored.flatMap(({ id }) => tickets.get(id) ?? [])
  return { ...others, doubtful }
}
