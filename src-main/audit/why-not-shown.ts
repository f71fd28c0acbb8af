import { minuteOf } from '../../src-shared/domain/minute.ts'
import type { SeenTicket } from './jira-snapshot.ts'
import { minuteText, type Evidence } from './findings.ts'
import type { AuditedTicket } from './read-stored.ts'
import type { Why } from './why-not-made.ts'

/** Why the chart does not show a watched ticket that Jira's search returns, or shows it otherwise; null where it shows it. */
export function whyNotShown(seen: SeenTicket, { stored, elsewhere }: Evidence): Why | null {
  const minute = minuteOf(seen.createdMs)
  const kept = stored.counted.get(seen.id)
  const keptMs = kept?.createdMs ?? elsewhere.get(seen.id)
  if (keptMs === undefined) return { kind: 'not-fetched', reason: 'not fetched yet' }
  if (minuteOf(keptMs) !== minute) {
    const reason = `stored as created at ${minuteText(minuteOf(keptMs))}, while Jira says ${minuteText(minute)}`
    return { kind: 'not-fetched', reason }
  }
  if (kept === undefined) return { kind: 'not-fetched', reason: 'stored while the audit was under way' }
  if (isOlder(kept, seen)) {
    return {
      kind: 'not-fetched',
      reason: `stored, but its change to ${seen.priorityName} is not fetched yet`,
    }
  }
  if (!stored.leftOut.has(seen.id)) return null
  return { kind: 'not-charted', reason: 'stored, but left out of the counts of its minute' }
}

/** The index may show an older version than the store has; then the store is right. */
function isOlder(kept: AuditedTicket, seen: SeenTicket): boolean {
  return kept.priorityId !== seen.priorityId && kept.updatedMs <= seen.updatedMs
}
