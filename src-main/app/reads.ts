import type { Session, TicketCursor } from '../../src-shared/contract/tickets.ts'
import { listAlerts } from '../alerts/listed.ts'
import type { Config } from '../config/config.ts'
import type { RunViews } from '../generator/run-views.ts'
import { listMarks } from '../marks/list-marks.ts'
import { coalesceSame } from '../runtime/async.ts'
import type { SiteTime } from '../runtime/clock.ts'
import { projectVersion } from '../runtime/project-files.ts'
import { createUsualReads } from '../usual/usual-reads.ts'
import type { UsualSource } from '../usual/usual.ts'
import { isLong, longReads, type StoredReads } from '../store/long-reads.ts'
import type { CountsScope, Store, StoreConnection } from '../store/store.ts'
import type { TimeSpan } from '../../src-shared/domain/known-spans.ts'
import { minuteSpan } from '../../src-shared/domain/minute.ts'
import { watchedIds } from '../../src-shared/domain/ticket-filter.ts'
import { noSuchRun } from '../store/errors.ts'
import { provisionalFrom } from '../sync/index-lag.ts'
import { syncScope } from '../sync/scope.ts'
import { createCountReads } from './count-reads.ts'
import { createSpans } from './asked-span.ts'
import type { EngineHandlers } from './engine.ts'

export interface ReadParts {
  readonly session: Omit<Session, 'clock'>
  readonly store: Store
  readonly time: SiteTime
  /** How the fetches go, as far as it shows which minutes may still change. */
  readonly syncStatus: () => Parameters<typeof provisionalFrom>[0]
  /** Whether the store stands in for the one that is set. */
  readonly isFallback?: boolean
  readonly runs: Pick<RunViews, 'current' | 'get' | 'list'>
  readonly usual: UsualSource
}

export interface Stored {
  /** The number of the site's last commit. */
  readonly seq: number
  /** Counted tickets by watched value, as the site names it. */
  readonly tickets: readonly { readonly name: string; readonly count: number }[]
}

interface StoredParts {
  readonly store: Pick<Store, 'seq' | 'ticketTotal'>
  readonly config: Pick<Config, 'projectKey'>
  readonly siteId: string
  readonly watched: Session['watched']
}

/** What is stored, asked for cheaply: sums of days. Throws as the store. */
export async function readStored({ store, config, siteId, watched }: StoredParts): Promise<Stored> {
  const seq = await store.seq(siteId)
  const tickets = []
  for (const { id, name } of watched) {
    const scope = { projectKey: config.projectKey, priorityIds: [id] }
    tickets.push({ name, count: await store.ticketTotal(siteId, scope) })
  }
  return { seq, tickets }
}

/** A site as a window needs it; its clock is asked for with each call. */
export function sessionOf(
  { projectKey, zone, jira }: Config,
  { kind, label }: Pick<StoreConnection, 'kind' | 'label'>,
  known: Pick<Session, 'site' | 'watchedField' | 'watched'>,
): ReadParts['session'] {
  const tokenExpiresOn = jira.kind === 'site' ? jira.tokenExpiresOn : null
  return { version: projectVersion(), projectKey, store: { kind, label }, zone, tokenExpiresOn, ...known }
}

export type ReadMethod = keyof ReturnType<typeof createReads>

/** The methods that need a store alone, once it is known what is watched. */
export function createReads(parts: ReadParts) {
  const { session, store, time, isFallback = false, runs, usual } = parts
  const siteId = session.site.id
  const spans = createSpans(time, session.zone)
  const { scope, scopeName } = scopesOf(session)
  return {
    'session.get': async () => ({ ...session, clock: time.current() }),

    ...createCountReads({ ...parts, siteId, spans, scope, scopeName, watched: session.watched }),
    ...createUsualReads({ siteId, usual, spans, time }),
    // Windows that are told of a commit ask at the same moment.
    'tickets.list': coalesceSame(async ({ limit, cursor: after, search, filter, ...span }) => {
      const wanted = { ...scope, priorityIds: watchedIds(session.watched, filter) }
      const asked = { siteId, ...wanted, ...spans.instants(span), after, limit: limit + 1 }
      if (search === undefined && filter === undefined)
        return pageOf(await store.tickets(asked), limit, createdAt)
      const { tickets, reached } = await searching(store, asked).searchTickets({ ...asked, search, filter })
      const page = pageOf(tickets, limit, createdAt)
      return page.more || reached === null ? page : { ...page, more: true, cursor: reached }
    }),
    'tickets.left': coalesceSame(async ({ limit, cursor: after, filter, ...asked }) => {
      const { fromMs, toMs } = spans.instants(asked)
      const { projectKey } = scope
      const which = { siteId, projectKey, fromMs, toMs, after, filter }
      const found = await store.removedTickets({ ...which, limit: limit + 1 })
      return pageOf(found, limit, ({ leftMs }) => leftMs)
    }),

    'marks.list': async (asked) => {
      const known = () => store.knownSpans(siteId, scopeName)
      return listMarks({ store, siteId, known, time }, spans.instants(asked))
    },
    'differs.get': async ({ filter, ...asked }) => {
      const known = await store.knownSpans(siteId, scopeName)
      const { whatDiffers } = await import('../differs/differs.ts')
      return whatDiffers({ store, siteId, scope, zone: session.zone, known }, spans.instants(asked), filter)
    },
    'views.list': async () => ({ views: await store.views(siteId) }),

    'alerts.list': () => listAlerts({ store, session, isFallback }),
    'alerts.history': async ({ limit, before, rule: ruleId }) => {
      const found = await store.alertHistory({ siteId, limit: limit + 1, before, ruleId })
      return { alerts: found.slice(0, limit), more: found.length > limit }
    },

    'runs.current': () => runs.current(),
    'runs.get': ({ runId }) => runs.get(runId),
    'runs.list': ({ limit, beforeMs }) => runs.list(limit, beforeMs),
    'runs.planned': async (asked) => {
      const counts = await store.plannedCounts({ siteId, ...spans.buckets(asked), ...scope })
      return counts.map(({ startMinute, planned }) => ({ minute: startMinute, planned }))
    },
    'runs.charted': async ({ runId }) => {
      if ((await store.run(siteId, runId)) === null) throw noSuchRun(runId)
      return store.chartedOfRun({ siteId, runId }, scope)
    },
  } satisfies Partial<EngineHandlers>
}

/** What a list lacks no event would bring: of a replica it is as new as of the primary. */
function searching(store: Store, { fromMs, toMs }: TimeSpan): StoredReads {
  return isLong(minuteSpan(fromMs, toMs)) ? longReads(store, 'current').reads : store
}

/** Which tickets are counted, and the name of what is fetched. */
export function scopesOf({
  projectKey,
  watched,
  watchedField,
}: Pick<Session, 'projectKey' | 'watched' | 'watchedField'>): {
  readonly scope: CountsScope
  readonly scopeName: string
} {
  const scope = { projectKey, priorityIds: watched.map(({ id }) => id) }
  return { scope, scopeName: syncScope({ ...scope, fieldId: watchedField.id }) }
}

function createdAt({ createdMs }: { readonly createdMs: number }): number {
  return createdMs
}

/** Of one more than were asked for, where there are more. `timeOf`: what they are ordered by. */
function pageOf<T extends { readonly id: string }>(
  found: readonly T[],
  limit: number,
  timeOf: (ticket: T) => number,
): { tickets: T[]; more: boolean; cursor: TicketCursor | null } {
  const tickets = found.slice(0, limit)
  const last = tickets.at(-1)
  const more = found.length > limit
  return { tickets, more, cursor: more && last !== undefined ? { atMs: timeOf(last), id: last.id } : null }
}
