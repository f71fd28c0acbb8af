import type { AuditResult } from '../../src-shared/contract/audit.ts'
import { minuteOf, minuteSpan, type Minute, type MinuteSpan } from '../../src-shared/domain/minute.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { runLabel } from '../generator/marks.ts'
import type { Run } from '../store/ledger.ts'
import { ALL_TIME, createdJql, isWatched } from '../sync/scope.ts'
import { filterYielding, forEachYielding, type AuditContext } from './audit-context.ts'
import { auditResult } from './audit-result.ts'
import { ticketIds, watchedSlotTickets, wholeRun, type AuditedRun } from './audited-runs.ts'
import { minuteText, noFindings, type Evidence, type Findings } from './findings.ts'
import { searchAgain, type SeenTicket } from './jira-snapshot.ts'
import { judgeSlots } from './judge-slots.ts'
import { countShown, readStored, findStoredOutside } from './read-stored.ts'
import { judgeUnclaimed, type JudgedUnclaimed, type UnclaimedTicket } from './unclaimed-tickets.ts'

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

interface AskedOfRun extends JudgedUnclaimed {
  /** Ids of the run's watched tickets that Jira's search returns now. */
  readonly indexed: Set<string>
  /** Every ticket that the ledger names or that carries the label, as Jira shows it past its index. */
  readonly tickets: ReadonlyMap<string, SeenTicket>
}

async function askOfRun(whole: AuditedRun, { scope, snapshot, signal }: AuditContext): Promise<AskedOfRun> {
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
