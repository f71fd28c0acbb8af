import { Type } from 'typebox'
import { brokenAnswer, JiraError } from '../errors.ts'
import type { FoundTicket } from '../jira.ts'
import { READ_REPEATS } from '../retry.ts'
import { MyselfAnswer, PropertyAnswer } from './ask.ts'
import type { SearchParts } from './search.ts'

/** How many requests are under way at once: a server of one's own has fewer threads than Atlassian. */
const CONCURRENCY = 4

/**
 * Tickets by their ids or keys, each read by itself: a search for them looks at the index, which lags, and refuses the
 * whole query for one that is gone. With an issue property where one is named. Those that Jira does not show are left out, but not before it has said that it still
 * knows us: to nobody, it shows none.
 */
export async function ticketsByIds(
  idsOrKeys: readonly string[],
  parts: SearchParts,
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
  parts: SearchParts,
): Promise<FoundTicket[]> {
  const { ask, signal } = parts
  const options = { repeats: READ_REPEATS, signal }
  const answers = await oneByOne(tickets, ({ id }) => {
    const path = `${issuePath(id)}/properties/${encodeURIComponent(property)}`
    return unlessStatus([404], ask(PropertyAnswer, { method: 'GET', path }, options))
  })
  if (answers.includes(null)) await askWhoWeAre(parts)
  return tickets.map((ticket, n) => ({ ...ticket, property: answers[n]?.result.value }))
}

/** Older versions hide a ticket by a 403. */
const NOT_SHOWN = [404, 403]

async function ticketById(
  idOrKey: string,
  property: string | undefined,
  { ask, link, reader, signal }: SearchParts,
): Promise<FoundTicket | null> {
  const fields = reader.fields.join(',')
  const request = {
    method: 'GET',
    path: issuePath(idOrKey),
    searchParams: property === undefined ? { fields } : { fields, properties: property },
  }
  const answer = await unlessStatus(
    NOT_SHOWN,
    ask(Type.Unknown(), request, { repeats: READ_REPEATS, signal }),
  )
  if (answer === null) return null
  const read = reader.read([answer.result], property ?? null)
  if (read.ok) return read.tickets[0] ?? null
  throw brokenAnswer(link.host, 'shape', `with a ticket that cannot be read: ${link.redact(read.wrong)}`)
}

/** Throws where Jira does not know us. */
export async function askWhoWeAre({ ask, signal }: SearchParts): Promise<void> {
  await ask(MyselfAnswer, { method: 'GET', path: '/rest/api/2/myself' }, { repeats: READ_REPEATS, signal })
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
