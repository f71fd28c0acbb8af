import { minuteOf, type Minute } from '../../src-shared/domain/minute.ts'
import type { SeenTicket } from './ask-jira.ts'
import { eachSlot, type AuditedRuns } from './audited-runs.ts'
import type { Auditing } from './auditing.ts'
import { isWatchedSlot } from './findings.ts'
import { inTurn } from './in-turn.ts'
import { slotTicket, type Marks } from './slot-ticket.ts'

/** The tickets of the slots whose tickets the chart should show. */
export interface OwnTickets {
  readonly ids: Set<string>
  readonly seen: SeenTicket[]
  /** Those that Jira does not show. */
  readonly goneIds: string[]
  /** The minutes that they were created in, as Jira tells. */
  readonly minutes: Set<Minute>
}

export async function ownTickets(
  runs: AuditedRuns,
  marks: Marks,
  { scope, signal }: Pick<Auditing, 'scope' | 'signal'>,
): Promise<OwnTickets> {
  const own: OwnTickets = { ids: new Set(), seen: [], goneIds: [], minutes: new Set() }
  await inTurn(eachSlot(runs), signal, ([{ runId }, slot]) => {
    if (!isWatchedSlot(scope, slot)) return
    const { namedId, seen, isForeign } = slotTicket(runId, slot, marks)
    if (seen !== null) {
      own.minutes.add(minuteOf(seen.createdMs))
      own.ids.add(seen.id)
      own.seen.push(seen)
    } else if (namedId !== null && !isForeign) {
      own.ids.add(namedId)
      own.goneIds.push(namedId)
    }
  })
  return own
}
