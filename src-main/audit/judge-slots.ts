import { minuteOf, type Minute } from '../../src-shared/domain/minute.ts'
import type { Slot } from '../store/ledger/ledger.ts'
import { isWatched } from '../sync/scope.ts'
import { forEachYielding } from './audit-context.ts'
import {
  eachSlot,
  isWatchedSlot,
  slotTicket,
  type AuditedRun,
  type AuditedRuns,
  type SlotTicket,
} from './audited-runs.ts'
import {
  alsoSaid,
  leftInStore,
  minuteText,
  whyGone,
  whyNotMade,
  whyNotShown,
  whyNotWatched,
  type Evidence,
  type Findings,
  type Why,
} from './findings.ts'
import type { SeenTicket } from './jira-snapshot.ts'
import type { AuditedTicket } from './read-stored.ts'

const NOT_INDEXED: Why = {
  kind: 'not-indexed',
  reason: 'in Jira, but not in its search index yet; it is fetched already',
}

/**
 * Follows each slot from the plan to the chart, counts how far it came, and names it at the first step that went wrong.
 * What is planned and was created counts in the minute of the plan, the ticket in the minute that Jira created it in.
 * Either may lie outside of the span that is audited: then it belongs to another audit.
 */
export function judgeSlots(
  runs: AuditedRuns,
  evidence: Evidence,
  findings: Findings,
  signal: AbortSignal,
): Promise<void> {
  return forEachYielding(eachSlot(runs), signal, ([run, slot]) => judgeSlot(run, slot, evidence, findings))
}

function judgeSlot({ runId, run }: AuditedRun, slot: Slot, evidence: Evidence, findings: Findings): void {
  const { table, missing } = findings
  const plannedIn = minuteOf(slot.plannedMs)
  table.add(plannedIn, 'planned')
  if (slot.state === 'created') table.add(plannedIn, 'created')

  const its = slotTicket(runId, slot, evidence)
  const ticketIn = ticketMinute(slot, its, evidence)
  const isHere = table.has(ticketIn)
  const minute = its.namedId === null ? plannedIn : ticketIn
  if (isHere) countTicket(slot, its, ticketIn, evidence, findings)
  else if (its.seen !== null) nameStray(its.seen, evidence, findings)
  const why =
    (table.has(minute) ? whyNotItsOwn(slot, its, whyNotMade(slot, run, evidence.siteMs)) : null) ??
    (isHere ? whyLost(slot, its, evidence) : null)
  if (why === null) return
  missing.add({ key: keyOf(slot, its, evidence), run: runId, slot: slot.slot, minute, ...why })
}

/** When Jira created the ticket, as it says, else as the store remembers it, else when it was planned. */
function ticketMinute(slot: Slot, its: SlotTicket, { stored, storedOutside }: Evidence): Minute {
  if (its.seen !== null) return minuteOf(its.seen.createdMs)
  const id = (its.isForeign ? null : its.namedId) ?? ''
  const storedMs = stored.counted.get(id)?.createdMs ?? stored.left.get(id) ?? storedOutside.get(id)
  return minuteOf(storedMs ?? slot.plannedMs)
}

/** What the ledger calls a slot's ticket; of one that is not the slot's own, what Jira calls it. */
function keyOf(slot: Slot, { namedId, seen, isForeign }: SlotTicket, { tickets }: Evidence): string | null {
  if (isForeign) return tickets.get(namedId ?? '')?.key ?? slot.issueKey
  return slot.issueKey ?? seen?.key ?? null
}

/** Whether a slot has no ticket, or another's. */
function whyNotItsOwn(slot: Slot, { namedId, seen, isForeign }: SlotTicket, notMade: Why): Why | null {
  if (namedId === null) {
    if (seen === null) return notMade
    const shown = `Jira shows ${seen.key} for it`
    return alsoSaid(notMade, slot.reason === null ? `; ${shown}` : ` ${shown}.`)
  }
  if (isForeign) {
    const shown = seen === null ? '' : `; its own ticket is ${seen.key}`
    return { kind: 'foreign', reason: `the ledger names it for a slot whose mark it does not carry${shown}` }
  }
  if (seen === null || isCalledSo(slot, seen)) return null
  return { kind: 'foreign', reason: `the ledger calls the slot’s ticket so, but Jira calls it ${seen.key}` }
}

/** A key changes when a ticket leaves its project, and in no other way. */
function isCalledSo({ issueKey, projectKey }: Slot, seen: SeenTicket): boolean {
  return issueKey === seen.key || seen.projectKey !== projectKey
}

/** Counts a slot's ticket where it should be, and in Jira's index. In the store and in the chart others are counted, too. */
function countTicket(
  slot: Slot,
  { namedId, seen }: SlotTicket,
  minute: Minute,
  { scope, indexed }: Evidence,
  { table }: Findings,
): void {
  if (!isWatchedSlot(scope, slot) || (namedId === null && seen === null)) return
  table.add(minute, 'watched')
  if (seen !== null && isWatched(scope, seen) && indexed.has(seen.id)) table.add(minute, 'indexed')
}

/** Why a slot's ticket is not where it should be: the first step that went wrong; null where it is in all places. */
function whyLost(slot: Slot, { namedId, seen }: SlotTicket, evidence: Evidence): Why | null {
  const { scope, indexed, stored } = evidence
  if (seen === null) return namedId === null ? null : withStore(whyItsGone(slot, evidence), namedId, evidence)
  if (slot.removedMs !== null) {
    return {
      kind: 'removed',
      reason: 'still in Jira, although the clean-up has deleted it, as the ledger says',
    }
  }
  if (!isWatchedSlot(scope, slot)) return null
  if (!isWatched(scope, seen)) return withStore(whyNotWatched(scope, seen), seen.id, evidence)
  if (indexed.has(seen.id)) return whyNotShown(seen, evidence)
  const more = stored.counted.has(seen.id) ? '; it is fetched already' : ''
  return { kind: 'not-indexed', reason: `in Jira, but not in its search index yet${more}` }
}

function whyItsGone(slot: Slot, { projectKeys }: Evidence): Why {
  if (slot.removedMs === null) return whyGone(slot.projectKey, projectKeys)
  const at = minuteText(minuteOf(slot.removedMs))
  return { kind: 'removed', reason: `deleted from Jira by the clean-up of its run, at ${at}` }
}

/** The store goes on counting a ticket until a fetch, or a census, has seen what became of it. */
function withStore(why: Why, id: string, { stored }: Evidence): Why {
  return stored.counted.has(id) ? alsoSaid(why, '; the store still counts it') : why
}

/** A ticket that Jira created outside of the span, and that the store has in it. */
function nameStray(seen: SeenTicket, { stored }: Evidence, { extra }: Findings): void {
  const kept = stored.counted.get(seen.id)
  if (kept === undefined) return
  const why = {
    kind: 'deleted',
    reason: `Jira says that it was created at ${minuteText(minuteOf(seen.createdMs))}`,
  } as const
  extra.add({ key: seen.key, minute: minuteOf(kept.createdMs), ...leftInStore(kept.source, why) })
}

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

/** Why Jira does not have a ticket where the store counts it; null where it has. */
function whyNotAsStored(kept: AuditedTicket, seen: SeenTicket | undefined, evidence: Evidence): Why | null {
  const { scope, projectKeys } = evidence
  if (seen === undefined) return whyGone(kept.projectKey, projectKeys)
  if (!isWatched(scope, seen)) return whyNotWatched(scope, seen)
  const minute = minuteOf(seen.createdMs)
  if (minute === minuteOf(kept.createdMs)) return null
  return { kind: 'deleted', reason: `Jira says that it was created at ${minuteText(minute)}` }
}
