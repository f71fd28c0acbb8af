import { minuteOf, type Minute } from '../../src-shared/domain/minute.ts'
import type { SeenTicket } from './jira-snapshot.ts'
import { eachSlot, type AuditedRuns } from './audited-runs.ts'
import type { AuditContext } from './audit-context.ts'
import { isWatchedSlot } from './findings.ts'
import { forEachYielding } from './in-turn.ts'
import { slotTicket, type Marks } from './slot-ticket.ts'

/** The tickets of the slots whose tickets the chart should show. */
export interface WatchedSlotTickets {
  readonly ids: Set<string>
  readonly seen: SeenTicket[]
  /** Those that Jira does not show. */
  readonly goneIds: string[]
  /** The minutes that they were created in, as Jira tells. */
  readonly minutes: Set<Minute>
}

export async function watchedSlotTickets(
  runs: AuditedRuns,
  marks: Marks,
  { scope, signal }: Pick<AuditContext, 'scope' | 'signal'>,
): Promise<WatchedSlotTickets> {
  const own: WatchedSlotTickets = { ids: new Set(), seen: [], goneIds: [], minutes: new Set() }
  await forEachYielding(eachSlot(runs), signal, ([{ runId }, slot]) => {
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
