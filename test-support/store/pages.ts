import { startOfMinute } from '../../src-shared/domain/minute.ts'
import type { GivenTicket } from '../../src-main/store/fields/stored-fields.ts'
import type { CountsQuery, CountsScope, PageCommit, TicketPage } from '../../src-main/store/store.ts'

export const SITE = 'site-a'
/** The first minute of the tests' hour. */
export const MINUTE = 29_333_333
/** An hour later: when the tests' removals leave. */
export const LEFT_MS = startOfMinute(MINUTE + 60)
/** Every project, the two watched priorities. */
export const WATCHED: CountsScope = { projectKey: null, priorityIds: ['1', '2'] }

/** A High ticket of the hour's first minute, but for what is given. */
export function ticket(id: string, given: Partial<GivenTicket> = {}): GivenTicket {
  const createdMs = given.createdMs ?? startOfMinute(MINUTE)
  return {
    id,
    key: `TPM-${id}`,
    projectKey: 'TPM',
    title: `Ticket ${id}`,
    priorityId: '2',
    priorityName: 'High',
    status: 'To Do',
    createdMs,
    updatedMs: createdMs,
    ...given,
  }
}

export function page(tickets: readonly GivenTicket[], given: Partial<TicketPage> = {}): TicketPage {
  return { siteId: SITE, scope: 'all', seenAtMs: 1, tickets, removals: [], watermarkMs: null, ...given }
}

/** The minutes of the tests' hour, one bucket each, but for what is given. */
export function hour(given: Partial<CountsQuery> = {}): CountsQuery {
  return { siteId: SITE, ...WATCHED, fromMinute: MINUTE, toMinute: MINUTE + 60, bucketMinutes: 1, ...given }
}

/** What came of a page that told nothing new. */
export function noNews(seq: number): PageCommit {
  return { seq, inserted: 0, updated: 0, left: 0, removed: 0, doubtful: [], changed: [] }
}
