import { minuteOf } from '../../src-shared/domain/minute.ts'
import { tickets } from '../../src-shared/domain/ticket-count.ts'
import type { AuditContext } from './audit-context.ts'
import type { Findings } from './findings.ts'
import { forEachYielding } from './in-turn.ts'
import type { StoredTickets } from './read-stored.ts'

/** Counts what is stored and charted, in the minutes that the store has it in; names what only the counts show. */
export async function countShown(
  stored: StoredTickets,
  { table, missing }: Findings,
  runId: string | null,
  signal: AbortSignal,
): Promise<void> {
  await forEachYielding(stored.counted.values(), signal, ({ createdMs }) => table.add(minuteOf(createdMs), 'fetched'))
  await forEachYielding(stored.charted, signal, ([minute, count]) => table.add(minute, 'charted', count))
  for (const { startMinute, count } of stored.surplus) {
    const reason = `the counts of this minute show ${tickets(count)} more than are stored`
    missing.add({ key: null, run: runId, slot: null, minute: startMinute, kind: 'not-charted', reason })
  }
}

/** When those tickets were created, as the store has it, that were not where they were looked for; by id. */
export async function storedElsewhere(
  ids: readonly Iterable<string>[],
  { counted, left }: Pick<StoredTickets, 'counted' | 'left'>,
  { siteId, store, signal }: Pick<AuditContext, 'siteId' | 'store' | 'signal'>,
): Promise<Map<string, number>> {
  const unseen: string[] = []
  for (const some of ids) {
    await forEachYielding(some, signal, (id) => counted.has(id) || left.has(id) || unseen.push(id))
  }
  const found = await store.countedTickets(siteId, unseen)
  return new Map(found.map(({ id, createdMs }) => [id, createdMs]))
}
