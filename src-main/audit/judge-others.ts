import { minuteOf } from '../../src-shared/domain/minute.ts'
import { isWatched } from '../sync/scope.ts'
import type { SeenTicket } from './jira-snapshot.ts'
import { leftInStore, minuteText, whyGone, whyNotWatched, type Evidence, type Findings } from './findings.ts'
import { forEachYielding } from './in-turn.ts'
import type { AuditedTicket } from './read-stored.ts'
import type { Why } from './why-not-made.ts'
import { whyNotShown } from './why-not-shown.ts'

/** The watched tickets of a span that no slot should have made: those of others, and those that others made watched. */
export interface Others {
  /** As Jira's search returns them. */
  readonly searched: readonly SeenTicket[]
  /** Those that only the store has. */
  readonly onlyStored: readonly AuditedTicket[]
}

/** Compares what Jira's search returns of others' tickets with what is stored and shown. */
export async function judgeOthers(
  { searched, onlyStored }: Others,
  evidence: Evidence,
  findings: Findings,
  signal: AbortSignal,
): Promise<void> {
  await forEachYielding(searched, signal, (ticket) => judgeSearched(ticket, evidence, findings))
  await forEachYielding(onlyStored, signal, (ticket) => judgeStored(ticket, evidence, findings))
}

/** One that is not stored has been looked up: what the index shows of it may be out of date. */
function judgeSearched(searched: SeenTicket, evidence: Evidence, { table, missing }: Findings): void {
  const { scope, stored, tickets } = evidence
  const isStored = stored.counted.has(searched.id)
  const seen = isStored ? searched : tickets.get(searched.id)
  if (seen === undefined || !isWatched(scope, seen)) return
  const minute = minuteOf(seen.createdMs)
  table.add(minute, 'others')
  table.add(minute, 'indexed')
  const why = whyNotShown(seen, evidence)
  if (why !== null) missing.add({ key: seen.key, run: null, slot: null, minute, ...why })
}

function judgeStored(kept: AuditedTicket, evidence: Evidence, { table, missing, extra }: Findings): void {
  const { scope, tickets, indexed } = evidence
  const minute = minuteOf(kept.createdMs)
  const seen = tickets.get(kept.id)
  const why = whyNotAsStored(kept, seen, evidence)
  if (why !== null) {
    extra.add({ key: kept.key, minute, ...leftInStore(kept.source, why) })
    return
  }
  if (seen === undefined || !isWatched(scope, seen)) return
  table.add(minute, 'others')
  const isIndexed = indexed.has(kept.id)
  if (isIndexed) table.add(minute, 'indexed')
  const lost = isIndexed ? whyNotShown(seen, evidence) : NOT_INDEXED
  if (lost !== null) missing.add({ key: seen.key, run: null, slot: null, minute, ...lost })
}

const NOT_INDEXED: Why = {
  kind: 'not-indexed',
  reason: 'in Jira, but not in its search index yet; it is fetched already',
}

/** Why Jira does not have a ticket where the store counts it; null where it has. */
function whyNotAsStored(kept: AuditedTicket, seen: SeenTicket | undefined, evidence: Evidence): Why | null {
  const { scope, projectKeys } = evidence
  if (seen === undefined) return whyGone(kept.projectKey, projectKeys)
  if (!isWatched(scope, seen)) return whyNotWatched(scope, seen)
  const minute = minuteOf(seen.createdMs)
  if (minute === minuteOf(kept.createdMs)) return null
  return { kind: 'deleted', reason: `Jira says that it was created at ${minuteText(minute)}` }
}
