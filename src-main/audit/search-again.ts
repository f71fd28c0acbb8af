import { minuteOf, startOfMinute, type MinuteSpan } from '../../src-shared/domain/minute.ts'
import { createdJql } from '../sync/jql.ts'
import type { SeenTicket } from './jira-snapshot.ts'
import type { AuditContext } from './audit-context.ts'

/**
 * The ids of watched tickets that Jira's search returns now, and did not return before, or not for the label that was
 * asked for: it may have come to them meanwhile, and anybody may take a label off.
 */
export async function searchAgain(
  late: readonly Pick<SeenTicket, 'id' | 'createdMs'>[],
  { snapshot, scope }: Pick<AuditContext, 'snapshot' | 'scope'>,
): Promise<string[]> {
  const span = around(late)
  if (span === null) return []
  const found = await snapshot.idsOf(createdJql(scope, span))
  return late.flatMap(({ id }) => (found.has(id) ? [id] : []))
}

function around(tickets: readonly Pick<SeenTicket, 'createdMs'>[]) {
  if (tickets.length === 0) return null
  const span = tickets.reduce<MinuteSpan>(
    ({ fromMinute, toMinute }, { createdMs }) => ({
      fromMinute: Math.min(fromMinute, minuteOf(createdMs)),
      toMinute: Math.max(toMinute, minuteOf(createdMs) + 1),
    }),
    { fromMinute: Infinity, toMinute: 0 },
  )
  return { fromMs: startOfMinute(span.fromMinute), toMs: startOfMinute(span.toMinute) }
}
