import { runLabel, SLOT_PROPERTY } from '../generator/marks.ts'
import { searchRunTickets } from '../generator/run-tickets.ts'
import type { FoundTicket, Jira } from '../jira/jira.ts'
import type { Run, Slot, Store } from '../store/store.ts'
import { FOREIGN, slotInDoubt, TWO_CLAIM, whyNotOwn, type Kept, type OwnTicket } from './own-ticket.ts'
import { createProjectRights } from './rights.ts'

/** What has become of a run's tickets, by the ledger and by Jira, asked just now. */
export interface Survey {
  readonly run: Run
  /** The run's own, in the order of their slots, in projects where the account may delete. */
  readonly permitted: readonly OwnTicket[]
  /** The run's own in other projects. */
  readonly forbidden: readonly OwnTicket[]
  /** Tickets that stay because they are not the run's, or not any more, or the account does not see them. */
  readonly kept: readonly Kept[]
  /** Keys of those among them that a search for the run's label finds, too. */
  readonly keptLabelled: readonly string[]
  /** Projects of tickets of the run that the account does not see. */
  readonly hiddenProjects: readonly string[]
  /** Ids of tickets that the run made, that no clean-up deleted, and that are not there any more. */
  readonly goneIds: readonly string[]
  /** How many tickets earlier clean-ups of the run deleted. */
  readonly removed: number
}

export interface SurveyParts {
  readonly siteId: string
  readonly store: Pick<Store, 'slots'>
  readonly jira: Pick<Jira, 'byIds' | 'search' | 'permissions'>
}

/**
 * Asks Jira for every ticket of a run: those of the ledger by their ids, past the index, and by the run's label whatever
 * else carries it. What the account may do is asked for each project once. Deletes nothing.
 */
export async function surveyRun(
  { siteId, store, jira }: SurveyParts,
  run: Run,
  signal: AbortSignal,
): Promise<Survey> {
  const slots = await store.slots(siteId, run.runId)
  const made = slots.filter(({ state, removedMs }) => state === 'created' && removedMs === null)
  const known = await readByIds(
    jira,
    made.flatMap(({ issueId }) => issueId ?? []),
    signal,
  )
  const judged = made.map((slot) => judgeMade(slot, run.runId, known))
  const unclaimed = await readUnclaimed(jira, { run, slots }, signal)
  const others = judgeUnclaimed(unclaimed, run.runId, new Map(slots.map((slot) => [slot.slot, slot])))

  const own = [...judged.flatMap((one) => one.own ?? []), ...others.own].toSorted((a, b) => a.slot - b.slot)
  const gone = judged.flatMap((one) => one.gone ?? [])
  const rights = createProjectRights(jira)
  const mayDelete = await rights.projectsWith(
    'delete',
    own.map(({ projectKey }) => projectKey),
    signal,
  )
  const seen = await rights.projectsWith(
    'browse',
    gone.map(({ projectKey }) => projectKey),
    signal,
  )
  const hidden = gone.filter(({ projectKey }) => !seen.has(projectKey))
  const changed = judged.flatMap((one) => one.kept ?? [])
  return {
    run,
    permitted: own.filter(({ projectKey }) => mayDelete.has(projectKey)),
    forbidden: own.filter(({ projectKey }) => !mayDelete.has(projectKey)),
    kept: [...changed, ...others.kept, ...hidden.map(keptHidden)],
    keptLabelled: [...changed.filter(({ labelled }) => labelled), ...others.kept].map(({ key }) => key),
    hiddenProjects: [...new Set(hidden.map(({ projectKey }) => projectKey))],
    goneIds: gone.flatMap(({ issueId, projectKey }) =>
      issueId !== null && seen.has(projectKey) ? [issueId] : [],
    ),
    removed: slots.filter(({ removedMs }) => removedMs !== null).length,
  }
}

async function readByIds(
  jira: Pick<Jira, 'byIds'>,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, FoundTicket>> {
  const tickets = await jira.byIds(ids, signal, SLOT_PROPERTY)
  return new Map(tickets.map((ticket) => [ticket.id, ticket]))
}

/** What carries the run's label and is no ticket of its ledger. The index may go on showing what was deleted. */
async function readUnclaimed(
  jira: SurveyParts['jira'],
  { run, slots }: { readonly run: Run; readonly slots: readonly Slot[] },
  signal: AbortSignal,
): Promise<FoundTicket[]> {
  const ledgerIds = new Set(slots.flatMap(({ issueId }) => issueId ?? []))
  const labelled = await searchRunTickets(jira, run.runId, signal)
  const ids = labelled.flatMap(({ id }) => (ledgerIds.has(id) ? [] : [id]))
  const tickets = [...(await readByIds(jira, ids, signal)).values()]
  return tickets.filter(({ labels }) => labels.includes(runLabel(run.runId)))
}

interface Judged {
  readonly own?: OwnTicket
  readonly kept?: Kept & { readonly labelled: boolean }
  readonly gone?: Slot
}

function judgeMade(slot: Slot, runId: string, known: ReadonlyMap<string, FoundTicket>): Judged {
  const ticket = known.get(slot.issueId ?? '')
  if (ticket === undefined) return { gone: slot }
  const reason = whyNotOwn(ticket, runId, slot.slot)
  if (reason === null) return { own: { ...ticket, slot: slot.slot } }
  return { kept: { key: ticket.key, reason, labelled: ticket.labels.includes(runLabel(runId)) } }
}

/** A ticket that the ledger does not name is the run's only where its mark, and no other ticket's, names a slot in doubt. */
function judgeUnclaimed(
  tickets: readonly FoundTicket[],
  runId: string,
  slots: ReadonlyMap<number, Slot>,
): { own: OwnTicket[]; kept: Kept[] } {
  const claims = Map.groupBy(tickets, (ticket) => slotInDoubt(ticket, runId, slots))
  const own: OwnTicket[] = []
  const kept: Kept[] = []
  for (const [slot, claimants] of claims) {
    const [only] = claimants
    if (slot !== null && claimants.length === 1 && only !== undefined) own.push({ ...only, slot })
    else kept.push(...claimants.map(({ key }) => ({ key, reason: slot === null ? FOREIGN : TWO_CLAIM })))
  }
  return { own, kept }
}

function keptHidden({ slot, issueKey, projectKey }: Slot): Kept {
  const reason = `The account does not see the project ${projectKey}, so nobody can tell whether it is still there.`
  return { key: issueKey ?? `number ${slot + 1}`, reason }
}
