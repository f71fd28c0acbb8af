import { minuteOf, startOfMinute, type MinuteSpan } from '../../src-shared/domain/minute.ts'
import { SLOT_PROPERTY } from '../generator/marks.ts'
import { idPages, type FoundTicket, type Jira } from '../jira/jira.ts'
import type { Clock } from '../runtime/clock.ts'
import { believeOnlyOurs, createIdentityProof, refuseRenamed } from '../sync/trusted-jira.ts'
import { createdJql, type WatchScope } from '../sync/scope.ts'
import { walkPages } from '../sync/fetch-walk.ts'
import type { AuditContext } from './audit-context.ts'

/** How many tickets are read by their ids before other work has its turn. */
const LOOKUP_BATCH_SIZE = 500

/** What an audit asks Jira. */
export type AuditedJira = Pick<Jira, 'identity' | 'search' | 'searchIds' | 'byIds' | 'projects'>

/** A ticket as far as an audit looks at it. */
export type SeenTicket = Pick<
  FoundTicket,
  | 'id'
  | 'key'
  | 'projectKey'
  | 'priorityId'
  | 'priorityName'
  | 'createdMs'
  | 'updatedMs'
  | 'labels'
  | 'property'
>

/**
 * Jira, asked anew. Its answers are believed only where it knows us: a lost log-in looks like a site from which
 * everything was deleted. Throws `not-authenticated` then; all methods throw as Jira's do.
 */
export async function openJiraSnapshot(
  { jira, clock, scope }: { readonly jira: AuditedJira; readonly clock: Clock; readonly scope: WatchScope },
  signal: AbortSignal,
) {
  const identity = createIdentityProof(jira, clock)
  await identity.proveAgain(signal)
  const believed = believeOnlyOurs(jira, identity)
  const { search } = refuseRenamed(
    { ...believed, projects: (...asked) => jira.projects(...asked) },
    scope.projectKey,
  )
  let siteMs = 0
  return {
    /** The ids of the tickets that its search returns now. */
    async idsOf(jql: string): Promise<Set<string>> {
      const ids = new Set<string>()
      for await (const page of idPages(believed, jql, signal)) {
        siteMs = page.siteMs
        for (const id of page.ids) ids.add(id)
      }
      return ids
    },
    /** The watched tickets that were created in a span, as its search returns them now, by id. Without their property. */
    async watchedIn({ fromMinute, toMinute }: MinuteSpan): Promise<Map<string, SeenTicket>> {
      const found = new Map<string, SeenTicket>()
      const walk = {
        fromMs: startOfMinute(fromMinute),
        jqlFrom: (fromMs: number) => createdJql(scope, { fromMs, toMs: startOfMinute(toMinute) }),
        timeOf: ({ createdMs }: FoundTicket) => createdMs,
        settledAfterMs: 0,
        reconcileIds: [],
      }
      for await (const page of walkPages({ search }, walk, signal)) {
        siteMs = page.siteMs
        for (const ticket of page.tickets) found.set(ticket.id, seenTicket(ticket))
      }
      return found
    },
    /** Tickets as they are, past the search index, by id, with the property of the slot. What Jira does not show is left out. */
    async lookUp(...ids: readonly Iterable<string>[]): Promise<Map<string, SeenTicket>> {
      const found = new Map<string, SeenTicket>()
      const missing = await addByIds(found, ids, { jira, signal })
      if (missing.length === 0) return found
      // To somebody whom it does not know Jira shows nothing.
      await identity.proveAgain(signal)
      await addByIds(found, [missing], { jira, signal })
      return found
    },
    /** The keys of the projects that this account sees. */
    projectKeys: async () => new Set((await jira.projects(signal)).map(({ key }) => key)),
    /** The site's time (epoch ms) of its last search; 0 before the first. */
    siteMs: () => siteMs,
  }
}
export type JiraSnapshot = Awaited<ReturnType<typeof openJiraSnapshot>>

/** Adds the tickets that Jira shows to those found. Returns the ids that it shows nothing for. */
async function addByIds(
  found: Map<string, SeenTicket>,
  ids: readonly Iterable<string>[],
  { jira, signal }: { readonly jira: AuditedJira; readonly signal: AbortSignal },
): Promise<string[]> {
  const missing: string[] = []
  for (const some of batches(ids)) {
    const tickets = await jira.byIds(some, signal, SLOT_PROPERTY)
    for (const ticket of tickets) found.set(ticket.id, seenTicket(ticket))
    for (const id of some) if (!found.has(id)) missing.push(id)
  }
  return missing
}

/** Ids of any other form are of the sample, or of an import. */
const JIRA_ID = /^\d+$/

function* batches(lists: readonly Iterable<string>[]): Generator<string[], void, void> {
  let batch: string[] = []
  for (const list of lists) {
    for (const id of list) {
      if (!JIRA_ID.test(id)) continue
      batch.push(id)
      if (batch.length < LOOKUP_BATCH_SIZE) continue
      yield batch
      batch = []
    }
  }
  if (batch.length > 0) yield batch
}

/** Without title and status: a hundred thousand of them are kept for as long as an audit lasts. */
function seenTicket(ticket: FoundTicket): SeenTicket {
  const { id, key, projectKey, priorityId, priorityName, createdMs, updatedMs, labels, property } = ticket
  return { id, key, projectKey, priorityId, priorityName, createdMs, updatedMs, labels, property }
}

/**
 * The ids of watched tickets that Jira's search returns now, and did not return before, or not for the label that was
 * asked for: it may have come to them meanwhile, and anybody may take a label off.
 */
export async function searchAgain(
  late: readonly Pick<SeenTicket, 'id' | 'createdMs'>[],
  { snapshot, scope }: Pick<AuditContext, 'snapshot' | 'scope'>,
): Promise<string[]> {
  const span = around(late)
  if (span === null) return []
  const found = await snapshot.idsOf(createdJql(scope, span))
  return late.flatMap(({ id }) => (found.has(id) ? [id] : []))
}

function around(tickets: readonly Pick<SeenTicket, 'createdMs'>[]) {
  if (tickets.length === 0) return null
  const span = tickets.reduce<MinuteSpan>(
    ({ fromMinute, toMinute }, { createdMs }) => ({
      fromMinute: Math.min(fromMinute, minuteOf(createdMs)),
      toMinute: Math.max(toMinute, minuteOf(createdMs) + 1),
    }),
    { fromMinute: Infinity, toMinute: 0 },
  )
  return { fromMs: startOfMinute(span.fromMinute), toMs: startOfMinute(span.toMinute) }
}
