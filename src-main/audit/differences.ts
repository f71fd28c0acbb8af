import type { AuditResult } from '../../src-shared/contract/models.ts'
import { markedSlot } from '../generator/marks.ts'
import type { FoundTicket } from '../jira/jira.ts'
import type { Run, Slot } from '../store/store.ts'
import type { ChartedTickets } from './charted.ts'
import type { IndexedTickets } from './indexed.ts'

/** Everything that an audit compares. */
export interface Findings {
  readonly run: Run
  readonly slots: readonly Slot[]
  readonly indexed: IndexedTickets
  readonly charted: ChartedTickets
  readonly watchedIds: ReadonlySet<string>
}

type Missing = AuditResult['missing'][number]
type Extra = AuditResult['extra'][number]

/** The slots whose tickets are not where they should be, each with the first step at which it went wrong. */
export function findMissing(findings: Findings): Missing[] {
  const whyLost = createWhyLost(findings)
  return findings.slots.flatMap((slot) => {
    const reason = slot.issueId === null ? whyNotMade(slot, findings.run) : whyLost(slot, slot.issueId)
    if (reason === null) return []
    return [{ key: slot.issueKey ?? ticketOfSlot(findings, slot), slot: slot.slot, reason }]
  })
}

function whyNotMade({ state, reason }: Slot, run: Run): string {
  if (state === 'failed') return `failed: ${reason ?? 'Jira refused it'}`
  if (state === 'unknown') return `unknown: ${reason ?? 'it is not known whether it was made'}`
  if (state === 'sent') return 'sent, and not answered yet'
  return run.state === 'stopped' ? 'not made, because the run was stopped' : 'not made yet'
}

/** Follows a ticket that was made from Jira to the chart; null where it is in all places, or need not be. */
function createWhyLost({
  indexed,
  charted,
  watchedIds,
}: Findings): (slot: Slot, id: string) => string | null {
  const byId = new Map(indexed.found.map((ticket) => [ticket.id, ticket]))
  const fetched = new Set(charted.fetched.map(({ id }) => id))
  const uncharted = new Set(charted.uncharted.map(({ id }) => id))
  return ({ priorityId }, id) => {
    if (!watchedIds.has(priorityId)) return null
    const ticket = byId.get(id)
    if (ticket === undefined) {
      return indexed.lagging.has(id)
        ? 'not in Jira’s index yet'
        : 'deleted from Jira, or no longer to be seen by this account'
    }
    if (!watchedIds.has(ticket.priorityId)) return `lowered to ${ticket.priorityName}`
    if (!fetched.has(id)) return 'not fetched yet'
    return uncharted.has(id) ? 'fetched, but left out of the counts of its minute' : null
  }
}

/** The key of a ticket that Jira shows for a slot of which the ledger knows none. */
function ticketOfSlot({ run, indexed }: Findings, { slot }: Slot): string | null {
  return indexed.found.find(({ property }) => markedSlot(property, run.runId) === slot)?.key ?? null
}

/** The tickets that carry the run's label and are not the one ticket of a slot. */
export function findExtra({ run, slots, indexed }: Findings): Extra[] {
  const bySlot = new Map(slots.map((slot) => [slot.slot, slot]))
  const taken = new Set<number>()
  const reasonFor = ({ id, property }: FoundTicket): string | null => {
    const number = markedSlot(property, run.runId)
    if (number === null) return 'carries the run’s label, but was not made by it'
    const slot = bySlot.get(number)
    if (slot === undefined) return `was made for slot ${number}, which the run does not have`
    const twice = slot.issueId === null ? taken.has(number) : slot.issueId !== id
    taken.add(number)
    return twice ? `is one ticket too many for slot ${number}` : null
  }
  return indexed.found.flatMap((ticket) => {
    const reason = reasonFor(ticket)
    return reason === null ? [] : [{ key: ticket.key, reason }]
  })
}
