import type { AuditResult } from '../../src-shared/contract/models.ts'
import { minuteOf, startOfMinute, type MinuteSpan } from '../../src-shared/domain/minute.ts'
import { GENERATED_LABEL } from '../generator/marks.ts'
import { isWatched } from '../sync/scope.ts'
import type { SeenTicket } from './ask-jira.ts'
import { auditResult } from './audit-result.ts'
import { addSlots, ticketIds, type AuditedRuns } from './audited-runs.ts'
import type { Auditing } from './auditing.ts'
import { noFindings, type Evidence } from './findings.ts'
import { inTurn, onlyThose } from './in-turn.ts'
import { judgeGenerated } from './judge-generated.ts'
import { judgeOthers } from './judge-others.ts'
import { judgeSlots } from './judge-slots.ts'
import { otherTickets } from './other-tickets.ts'
import { ownTickets } from './own-tickets.ts'
import { readStored, type StoredTickets } from './read-stored.ts'
import { searchAgain } from './search-again.ts'
import { countShown, storedElsewhere } from './shown.ts'

/** Compares all that is watched in a span, and the slots that are planned for it or made its tickets. */
export async function auditSpan(auditing: Auditing, span: MinuteSpan): Promise<AuditResult> {
  const { store, siteId, scope, witness, signal } = auditing
  const found = await witness.watchedIn(span)
  const generated = await witness.idsOf(generatedJql(span))
  const stored = await readStored({ siteId, store, scope, span, minutes: null, isWanted: () => true, signal })
  const findings = noFindings(span)
  const runs = await slotsOf(span, { found, generated, stored }, auditing)

  const named = await ticketIds(runs, signal)
  const strangerIds = await onlyThose(generated, signal, (id) => !named.has(id))
  const tickets = await witness.lookUp(named, strangerIds)
  const { claims, extra } = await judgeGenerated(strangerIds, tickets, runs, auditing)
  const marks = { tickets, claims }

  const own = await ownTickets(runs, marks, auditing)
  const others = await otherTickets(own.ids, { found, stored, tickets }, auditing)
  const isLate = (ticket: SeenTicket): boolean =>
    isWatched(scope, ticket) && !found.has(ticket.id) && findings.table.has(minuteOf(ticket.createdMs))
  const late = await onlyThose(own.seen, signal, isLate)
  const later = new Set(await searchAgain([...late, ...others.doubtful.filter(isLate)], auditing))
  const indexed = { has: (id: string): boolean => found.has(id) || later.has(id) }

  const evidence: Evidence = {
    ...marks,
    scope,
    indexed,
    stored,
    elsewhere: await storedElsewhere([found.keys(), own.ids], stored, auditing),
    projectKeys: await witness.projectKeys(),
    siteMs: witness.siteMs(),
  }
  await inTurn(extra, signal, (stranger) => findings.extra.add(stranger))
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
  { store, siteId, signal }: Auditing,
): Promise<AuditedRuns> {
  const ids = new Set<string>()
  for (const some of [found.keys(), generated, stored.counted.keys(), stored.left.keys()]) {
    await inTurn(some, signal, (id) => ids.add(id))
  }
  const planned = await store.slotsPlanned(siteId, startOfMinute(fromMinute), startOfMinute(toMinute))
  const made = await store.slotsOfTickets(siteId, [...ids])
  const runs: AuditedRuns = new Map()
  for (const slots of [planned, made]) await addSlots(runs, slots, { store, siteId, signal })
  return runs
}
