import type { AuditResult } from '../../src-shared/contract/models.ts'
import { minuteOf, startOfMinute, type MinuteSpan } from '../../src-shared/domain/minute.ts'
import { GENERATED_LABEL } from '../generator/marks.ts'
import { isWatched } from '../sync/scope.ts'
import type { SeenTicket } from './jira-snapshot.ts'
import { auditResult } from './audit-result.ts'
import { addSlots, ticketIds, type AuditedRuns } from './audited-runs.ts'
import type { AuditContext } from './audit-context.ts'
import { noFindings, type Evidence } from './findings.ts'
import { forEachYielding, filterYielding } from './in-turn.ts'
import { judgeGenerated } from './judge-generated.ts'
import { judgeOthers } from './judge-others.ts'
import { judgeSlots } from './judge-slots.ts'
import { otherTickets } from './other-tickets.ts'
import { watchedSlotTickets } from './own-tickets.ts'
import { readStored, type StoredTickets } from './read-stored.ts'
import { searchAgain } from './search-again.ts'
import { countShown, storedElsewhere } from './shown.ts'

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
    elsewhere: await storedElsewhere([found.keys(), own.ids], stored, context),
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
