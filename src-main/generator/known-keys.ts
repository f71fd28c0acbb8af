import { minuteOf, startOfMinute } from '../../src-shared/domain/minute.ts'
import type { CreatedTicket, Jira } from '../jira/jira.ts'
import type { Run, Slot } from '../store/ledger/ledger.ts'

/** So much earlier than the run began (site time): its clock and the site's need not be quite the same. */
const BEGIN_SLACK_MS = 15 * 60_000

const LOOKED_AT = 10

/** A ticket's key in parts. Null where it is none. */
export function readKey(key: string): { readonly projectKey: string; readonly number: number } | null {
  const at = key.lastIndexOf('-')
  const number = Number(key.slice(at + 1))
  return at > 0 && Number.isSafeInteger(number) && number > 0
    ? { projectKey: key.slice(0, at), number }
    : null
}

export type KnownKeys = ReturnType<typeof createKnownKeys>

interface KnownKey {
  readonly number: number
  readonly id: string
}

const MAX_NEWEST = 5

/** The keys of the tickets that a run is known to have made. A key says where a ticket was made; it may have moved since. */
export function createKnownKeys(slots: readonly Slot[]) {
  const projects = new Map<
    string,
    { readonly numbers: Set<number>; readonly newest: KnownKey[]; largest: number }
  >()
  const tickets = new Map<number, CreatedTicket>()
  const projectOf = (projectKey: string) => {
    const project = projects.get(projectKey) ?? { numbers: new Set<number>(), newest: [], largest: 0 }
    projects.set(projectKey, project)
    return project
  }
  const add = (slot: number, { id, key }: CreatedTicket, isThere: boolean): void => {
    tickets.set(slot, { id, key })
    const read = readKey(key)
    if (read === null) return
    const project = projectOf(read.projectKey)
    project.numbers.add(read.number)
    project.largest = Math.max(project.largest, read.number)
    if (!isThere) return
    const at = project.newest.findIndex(({ number }) => number < read.number)
    const place = at === -1 ? project.newest.length : at
    if (place === MAX_NEWEST) return
    project.newest.splice(place, 0, { number: read.number, id })
    if (project.newest.length > MAX_NEWEST) project.newest.pop()
  }
  for (const { slot, issueId, issueKey, removedMs } of slots) {
    if (issueId !== null && issueKey !== null) add(slot, { id: issueId, key: issueKey }, removedMs === null)
  }
  return {
    note: (slot: number, ticket: CreatedTicket) => add(slot, ticket, true),
    /** The ticket that a slot is known to have made, whatever the store says of it by now; null where none is known. */
    ticketOf: (slot: number): CreatedTicket | null => tickets.get(slot) ?? null,
    /** The largest number known in a project, 0 where there is none. */
    largest: (projectKey: string): number => projects.get(projectKey)?.largest ?? 0,
    has: (projectKey: string, number: number): boolean =>
      projects.get(projectKey)?.numbers.has(number) ?? false,
    /** Some of the newest of them that have not been deleted by us: Jira should show them. */
    newest: (projectKey: string): readonly KnownKey[] => [...(projects.get(projectKey)?.newest ?? [])],
  }
}

/**
 * The number of a key in a project that was surely given out before the run made its first ticket: that of the newest
 * ticket that was made, and has not changed, since well before then. A ticket that was moved into the project meanwhile
 * is old and has a new key, but its `updated` shows it. 0 where there is none. Throws what Jira throws.
 */
export async function keyBeforeRun(
  jira: Pick<Jira, 'search' | 'byIds'>,
  { createdAtMs }: Pick<Run, 'createdAtMs'>,
  projectKey: string,
  signal: AbortSignal,
): Promise<number> {
  const beforeMs = startOfMinute(minuteOf(createdAtMs - BEGIN_SLACK_MS))
  const page = await jira.search(
    {
      jql: `project = "${projectKey}" AND created < ${beforeMs} AND updated < ${beforeMs} ORDER BY created DESC, key DESC`,
      pageToken: null,
      pageSize: LOOKED_AT,
      reconcileIds: [],
      property: null,
    },
    signal,
  )
  if (page.tickets.length === 0) return 0
  // The index may show a ticket as it was. What it is now says Jira itself.
  const tickets = await jira.byIds(
    page.tickets.map(({ id }) => id),
    signal,
  )
  const numbers = tickets
    .filter((ticket) => ticket.createdMs < beforeMs && ticket.updatedMs < beforeMs)
    .map(({ key }) => readKey(key))
    .filter((key) => key?.projectKey === projectKey)
    .map((key) => key?.number ?? 0)
  return Math.max(0, ...numbers)
}
