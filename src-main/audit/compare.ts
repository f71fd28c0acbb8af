import { ALL_TIME } from '../../src-shared/domain/known-spans.ts'
import type { AuditResult } from '../../src-shared/contract/runs/audit.ts'
import {
  minuteOf,
  minuteSpan,
  startOfMinute,
  type Minute,
  type MinuteSpan,
} from '../../src-shared/domain/minute.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { GENERATED_LABEL, runLabel } from '../generator/marks.ts'
import type { Run } from '../store/ledger/ledger.ts'
import { createdJql, isWatched } from '../sync/scope.ts'
import { filterYielding, forEachYielding, type AuditContext } from './audit-context.ts'
import {
  addSlots,
  judgeGenerated,
  judgeUnclaimed,
  ticketIds,
  watchedSlotTickets,
  wholeRun,
  type AuditedRun,
  type AuditedRuns,
  type UnclaimedTicket,
} from './audited-runs.ts'
import { auditResult, minuteText, noFindings, type Evidence, type Findings } from './findings.ts'
import { searchAgain, type SeenTicket } from './jira-snapshot.ts'
import { judgeOthers, judgeSlots, type Others } from './judge-slots.ts'
import {
  countShown,
  findStoredOutside,
  readStored,
  type AuditedTicket,
  type StoredTickets,
} from './read-stored.ts'

/** Compares a run's plan with Jira, the store and the counts. */
export async function auditRun(context: AuditContext, run: Run): Promise<AuditResult> {
  const { store, siteId, scope, snapshot, signal } = context
  const { runId } = run
  const whole = await wholeRun(store, run, signal)
  const runs = new Map([[runId, whole]])
  const { indexed, tickets, claims, extra } = await askOfRun(whole, context)
  const marks = { tickets, claims }

  const own = await watchedSlotTickets(runs, marks, context)
  // Anybody may take a label off, and the index goes on meanwhile: what it did not show is searched for once more.
  const isLate = (ticket: SeenTicket): boolean => isWatched(scope, ticket) && !indexed.has(ticket.id)
  const late = await filterYielding(own.seen, signal, isLate)
  for (const id of await searchAgain(late, context)) indexed.add(id)
  const gone = await store.countedTickets(siteId, own.goneIds)
  await forEachYielding(gone, signal, ({ createdMs }) => {
    if (isNear(run, createdMs)) own.minutes.add(minuteOf(createdMs))
  })

  const span = await spanOf(run, own.minutes, signal)
  const isWanted = (id: string): boolean => own.ids.has(id)
  const stored = await readStored({ siteId, store, scope, span, minutes: own.minutes, isWanted, signal })
  const storedOutside = await findStoredOutside([own.ids], stored, context)
  // Of what Jira does not show any more, a time of the store's that cannot be is no help.
  await forEachYielding(
    gone,
    signal,
    ({ id, createdMs }) => isNear(run, createdMs) || storedOutside.delete(id),
  )
  const evidence: Evidence = {
    ...marks,
    scope,
    indexed,
    stored,
    storedOutside,
    projectKeys: await snapshot.projectKeys(),
    siteMs: snapshot.siteMs(),
  }
  const findings = noFindings(span)
  await forEachYielding(extra, signal, (ticket) => findings.extra.add(ticket))
  await nameLostSlots(whole, findings, signal)
  await countShown(stored, findings, runId, signal)
  await judgeSlots(runs, evidence, findings, signal)
  return auditResult(runId, runs, findings, signal)
}

/**
 * `indexed`: ids of the run's watched tickets that Jira's search returns now. `tickets`: every ticket that the ledger names
 * or that carries the label, as Jira shows it past its index.
 */
async function askOfRun(whole: AuditedRun, { scope, snapshot, signal }: AuditContext) {
  const { runId, slots } = whole
  const label = `labels = "${runLabel(runId)}"`
  const labelled = await snapshot.idsOf(`${label} ORDER BY created ASC, key ASC`)
  const indexed = await snapshot.idsOf(`${label} AND ${createdJql(scope, ALL_TIME)}`)
  const named = await ticketIds(new Map([[runId, whole]]), signal)
  const unclaimedIds = await filterYielding(labelled, signal, (id) => !named.has(id))
  const tickets = await snapshot.lookUp(named, unclaimedIds)
  const unclaimed: UnclaimedTicket[] = []
  await forEachYielding(unclaimedIds, signal, (id) => {
    const ticket = tickets.get(id)
    if (ticket !== undefined) unclaimed.push({ runId, ticket })
  })
  const judged = await judgeUnclaimed(unclaimed, (_runId, slot) => slots.get(slot), tickets, signal)
  return { indexed, tickets, ...judged }
}

const DAY_MS = 86_400_000

/** Whether a ticket of the run may have been created then: as planned, or late. */
function isNear({ startMs, endMs }: Run, createdMs: number): boolean {
  return createdMs >= startMs - DAY_MS && createdMs < endMs + DAY_MS
}

/** A run that stood still for months has as many minutes. More than these are a mistake in the ledger. */
const MAX_MINUTES = 366 * 1_440

/** The minutes of the plan and those in which its tickets were created, which may be later. Throws `bad-data`. */
async function spanOf(run: Run, minutes: ReadonlySet<Minute>, signal: AbortSignal): Promise<MinuteSpan> {
  const plan = minuteSpan(run.startMs, run.endMs)
  const span = { ...plan }
  await forEachYielding(minutes, signal, (minute) => {
    span.fromMinute = Math.min(span.fromMinute, minute)
    span.toMinute = Math.max(span.toMinute, minute + 1)
  })
  if (span.toMinute - span.fromMinute <= MAX_MINUTES) return span
  const [from, to] = [minuteText(span.fromMinute), minuteText(span.toMinute)]
  throw new AppError(
    'bad-data',
    `Run ${run.runId} lies over more than a year, from ${from} to ${to}, as the ledger and Jira have it.`,
    { consequence: 'It was not audited.', hint: 'Audit a part of that time as a span.' },
  )
}

/** Names the slots that a run was planned with and that its ledger does not have, or has outside of the run. Their numbers begin at 0. */
async function nameLostSlots(
  { runId, run, slots }: AuditedRun,
  { missing }: Findings,
  signal: AbortSignal,
): Promise<void> {
  const { fromMinute, toMinute } = minuteSpan(run.startMs, run.endMs)
  const name = (slot: number, key: string | null, reason: string): void =>
    missing.add({ key, run: runId, slot, minute: fromMinute, kind: 'unknown', reason })
  await forEachYielding(upTo(run.planned), signal, (slot) => {
    if (slots.has(slot)) return
    name(slot, null, `planned, and not in the ledger: it has ${slots.size} of the run’s ${run.planned} slots`)
  })
  await forEachYielding(slots.values(), signal, ({ slot, issueKey, plannedMs }) => {
    const minute = minuteOf(plannedMs)
    if (minute >= fromMinute && minute < toMinute) return
    name(slot, issueKey, `planned for ${minuteText(minute)}, as the ledger says, which is outside of its run`)
  })
}

function* upTo(count: number): Generator<number, void, void> {
  for (let n = 0; n < count; n++) yield n
}

/** Compares all that is watched in a span, and the slots that are planned for it or made its tickets. */
export async function auditSpan(context: AuditContext, span: MinuteSpan): Promise<AuditResult> {
  const { store, siteId, scope, snapshot, signal } = context
  const found = await snapshot.watchedIn(span)
  const generated = await snapshot.idsOf(generatedJql(span))
  const stored = await readStored({ siteId, store, scope, span, minutes: null, isWanted: () => true, signal })
  const findings = noFindings(span)
  const anybodys = [found.keys(), generated, stored.counted.keys(), stored.left.keys()]
  const runs = await slotsOf(span, anybodys, context)

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

/** The slots planned for the span, and those that made a ticket which anybody has in it. */
async function slotsOf(
  { fromMinute, toMinute }: MinuteSpan,
  ticketsOfSpan: readonly Iterable<string>[],
  { store, siteId, signal }: AuditContext,
): Promise<AuditedRuns> {
  const ids = new Set<string>()
  for (const some of ticketsOfSpan) {
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
