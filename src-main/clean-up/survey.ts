import { markedSlot, runLabel, searchRunTickets, SLOT_PROPERTY } from '../generator/marks.ts'
import { unlessRefused } from '../jira/errors.ts'
import type { FoundTicket, Jira, Permissions } from '../jira/jira.ts'
import type { LedgerStore, Run, Slot } from '../store/ledger/ledger.ts'

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

interface SurveyParts {
  readonly siteId: string
  readonly store: Pick<LedgerStore, 'slots'>
  readonly jira: Pick<Jira, 'byIds' | 'search' | 'permissions'>
}

const NONE: Permissions = { browse: false, create: false, delete: false }

/** Why a ticket stays that carries the label, and is none of the ledger's. */
export const FOREIGN = 'It carries the label of the run, but the run did not make it.'

export const TWO_CLAIM = 'Two tickets carry this mark, and nobody knows which of them the run made.'

/** States of slots whose ticket may exist though the ledger does not know it. */
const IN_DOUBT: ReadonlySet<Slot['state']> = new Set(['sent', 'unknown'])

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
  const projectsWith = createProjectRights(jira)
  const mayDelete = await projectsWith(
    'delete',
    own.map(({ projectKey }) => projectKey),
    signal,
  )
  const seen = await projectsWith(
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

/** A ticket of the run, read just now: the only kind that is ever deleted. */
export interface OwnTicket extends FoundTicket {
  readonly slot: number
}

/** A ticket that stays, with the reason for the person. */
export interface Kept {
  readonly key: string
  readonly reason: string
}

/**
 * Why a ticket is not, or not any more, the one that a run made for a slot; null where it carries the run's label and the
 * mark of that very slot. A ticket that a person made something else of loses one or the other, and stays.
 */
export function whyNotOwn({ labels, property }: FoundTicket, runId: string, slot: number): string | null {
  const label = runLabel(runId)
  if (!labels.includes(label)) return `It does not carry the label ${label} any more.`
  const marked = markedSlot(property, runId)
  if (marked === slot) return null
  return marked === null
    ? 'It does not carry the mark of the run any more.'
    : `It carries the mark of another ticket of the run, number ${marked + 1}.`
}

/** The slot in doubt that a ticket's mark names; null where it names none, or one whose ticket is known or deleted. */
function slotInDoubt(
  { property }: FoundTicket,
  runId: string,
  slots: ReadonlyMap<number, Slot>,
): number | null {
  const marked = markedSlot(property, runId)
  const slot = marked === null ? undefined : slots.get(marked)
  const inDoubt = slot !== undefined && IN_DOUBT.has(slot.state) && slot.removedMs === null
  return inDoubt ? marked : null
}

/** Returns in which of the projects the account has a permission. Each is asked for once. */
export function createProjectRights(jira: Pick<Jira, 'permissions'>) {
  const asked = new Map<string, Permissions>()
  return async (
    permission: keyof Permissions,
    projectKeys: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlySet<string>> => {
    const having = new Set<string>()
    for (const key of new Set(projectKeys)) {
      // To an account that does not see it, Jira refuses to say anything of a project.
      const permissions = asked.get(key) ?? (await unlessRefused(jira.permissions(key, signal), NONE))
      asked.set(key, permissions)
      if (permissions[permission]) having.add(key)
    }
    return having
  }
}
