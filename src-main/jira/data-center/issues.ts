import { Type, type Static, type TSchema } from 'typebox'
import { JiraError } from '../errors.ts'
import type { TicketReader } from '../issue.ts'
import type { FoundTicket } from '../jira.ts'
import type { Link } from '../link.ts'
import { optional, type Answered } from '../rest.ts'
import type { HttpRequest } from '../transport.ts'

/** What one call reads with. */
export interface Reading {
  readonly link: Link
  readonly reader: TicketReader
  /** Sends a request that may be repeated, and checks its answer: see `ask`. */
  readonly read: <S extends TSchema>(schema: S, request: HttpRequest) => Promise<Answered<Static<S>>>
}

export const Myself = Type.Object({
  name: Type.String({ minLength: 1 }),
  displayName: optional(Type.String()),
  timeZone: Type.String({ minLength: 1 }),
})

const Property = Type.Object({ value: Type.Unknown() })

/** How many requests are under way at once: a server of one's own has fewer threads than Atlassian. */
const CONCURRENCY = 4

/**
 * Tickets by their ids or keys, each read by itself: a search for them looks at the index, which lags, and refuses the
 * whole query for one that is gone. With an issue property where one is named. Those that Jira does not show are left out, but not before it has said that it still
 * knows us: to nobody, it shows none.
 */
export async function ticketsByIds(
  idsOrKeys: readonly string[],
  parts: Reading,
  property?: string,
): Promise<FoundTicket[]> {
  const found = await oneByOne(idsOrKeys, (idOrKey) => ticketById(idOrKey, property, parts))
  const shown = found.filter((ticket) => ticket !== null)
  if (shown.length < idsOrKeys.length) await askWhoWeAre(parts)
  return shown
}

/**
 * The same tickets with the value of one issue property, each asked for by itself: the search of REST v2 gives none. A
 * property that is not there is believed only where Jira still knows us, as above.
 */
export async function withProperty(
  tickets: readonly FoundTicket[],
  property: string,
  parts: Reading,
): Promise<FoundTicket[]> {
  const answers = await oneByOne(tickets, ({ id }) => {
    const path = `${issuePath(id)}/properties/${encodeURIComponent(property)}`
    return unlessStatus([404], parts.read(Property, { method: 'GET', path }))
  })
  if (answers.includes(null)) await askWhoWeAre(parts)
  return tickets.map((ticket, n) => ({ ...ticket, property: answers[n]?.result.value }))
}

/** Older versions hide a ticket by a 403. */
const NOT_SHOWN = [404, 403]

async function ticketById(
  idOrKey: string,
  property: string | undefined,
  { reader, read }: Reading,
): Promise<FoundTicket | null> {
  const searchParams = { fields: reader.fields.join(','), properties: property }
  const request = { method: 'GET', path: issuePath(idOrKey), searchParams }
  const answer = await unlessStatus(NOT_SHOWN, read(Type.Unknown(), request))
  return answer === null ? null : (reader.read([answer.result], property ?? null)[0] ?? null)
}

/** Throws where Jira does not know us. */
export async function askWhoWeAre({ read }: Reading): Promise<void> {
  await read(Myself, { method: 'GET', path: '/rest/api/2/myself' })
}

export function issuePath(idOrKey: string): string {
  return `/rest/api/2/issue/${encodeURIComponent(idOrKey)}`
}

/** Null where Jira refuses with one of these. */
async function unlessStatus<T>(statuses: readonly number[], answer: Promise<T>): Promise<T | null> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof JiraError && error.status !== null && statuses.includes(error.status)) return null
    throw error
  }
}

/** Does something with each item, a few at a time, and gives the results in their order. The first error ends it. */
async function oneByOne<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  let next = 0
  let failed = false
  const lane = async (): Promise<void> => {
    while (next < items.length && !failed) {
      const n = next++
      try {
        results[n] = await work(items[n] as T)
      } catch (error) {
        failed = true
        throw error
      }
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, lane))
  return results
}
