import type { AuditResult } from '../../src-shared/contract/audit.ts'
import { minuteOf, startOfMinute, type MinuteSpan } from '../../src-shared/domain/minute.ts'
import { GENERATED_LABEL } from '../generator/marks.ts'
import { isWatched } from '../sync/scope.ts'
import { filterYielding, forEachYielding, type AuditContext } from './audit-context.ts'
import { auditResult } from './audit-result.ts'
import { addSlots, ticketIds, watchedSlotTickets, type AuditedRuns } from './audited-runs.ts'
import { noFindings, type Evidence } from './findings.ts'
import { searchAgain, type SeenTicket } from './jira-snapshot.ts'
import { judgeOthers, judgeSlots, type Others } from './judge-slots.ts'
import {
  countShown,
  readStored,
  findStoredOutside,
  type AuditedTicket,
  type StoredTickets,
} from './read-stored.ts'
import { judgeGenerated } from './unclaimed-tickets.ts'

/** Compares all that is watched in a span, and the slots that are planned for it or made its tickets. */
export async function auditSpan(context: AuditContext, span: MinuteSpan): Promise<AuditResult> {
  const { store, siteId, scope, snapshot, signal } = context
  const found = await snapshot.watchedIn(span)
  const generated = await snapshot.idsOf(generatedJql(span))
  const stored = await readStored({ siteId, store, scope, span, minutes: null, isWanted: () => true, signal })
  const findings = noFindings(span)
  const runs = await slotsOf(span, { found, generated, stored }, context)

  const named = await ticketIds(runs, signal)
  const unclaimedIds = await filterYielding(generated, signal, (id) => !named.has(id))
  const tickets = await snapshot.lookUp(named, unclaimedIds)
  const { claims, extra } = await judgeGenerated(unclaimedIds, tickets, runs, context)
  const marks = { tickets, claims }

  const own = await watchedSlotTickets(runs, marks, context)
  const others = await otherTickets(own.ids, { found, stored, tickets }, context)
  const isLate = (ticket: SeenTicket): boolean =>
    isWatched(scope, ticket) && !found.has(ticket.id) && findings.table.has(minuteOf(ticket.createdMs))
  const late = await filterYielding(own.seen, signal, isLate)
  const later = new Set(await searchAgain([...late, ...others.doubtful.filter(isLate)], context))
  const indexed = { has: (id: string): boolean => found.has(id) || later.has(id) }

  const evidence: Evidence = {
    ...marks,
    scope,
    indexed,
    stored,
    storedOutside: await findStoredOutside([found.keys(), own.ids], stored, context),
    projectKeys: await snapshot.projectKeys(),
    siteMs: snapshot.siteMs(),
  }
  await forEachYielding(extra, signal, (ticket) => findings.extra.add(ticket))
  await countShown(stored, findings, null, signal)
  await judgeSlots(runs, evidence, findings, signal)
  await judgeOthers(others, evidence, findings, signal)
  return auditResult(null, runs, findings, signal)
}

/** All that carries our label, whatever its priority and project. */
function generatedJql({ fromMinute, toMinute }: MinuteSpan): string {
  const created = `created >= ${startOfMinute(fromMinute)} AND created < ${startOfMinute(toMinute)}`
  return `labels = "${GENERATED_LABEL}" AND ${created} ORDER BY created ASC, key ASC`
}

interface FoundInSpan {
  readonly found: ReadonlyMap<string, SeenTicket>
  readonly generated: ReadonlySet<string>
  readonly stored: StoredTickets
}

/** The slots planned for the span, and those that made a ticket which anybody has in it. */
async function slotsOf(
  { fromMinute, toMinute }: MinuteSpan,
  { found, generated, stored }: FoundInSpan,
  { store, siteId, signal }: AuditContext,
): Promise<AuditedRuns> {
  const ids = new Set<string>()
  for (const some of [found.keys(), generated, stored.counted.keys(), stored.left.keys()]) {
    await forEachYielding(some, signal, (id) => ids.add(id))
  }
  const planned = await store.slotsPlanned(siteId, startOfMinute(fromMinute), startOfMinute(toMinute))
  const made = await store.slotsOfTickets(siteId, [...ids])
  const runs: AuditedRuns = new Map()
  for (const slots of [planned, made]) await addSlots(runs, slots, { store, siteId, signal })
  return runs
}

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
async function otherTickets(
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
