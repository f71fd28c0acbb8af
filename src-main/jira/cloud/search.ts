import { bulkFetchIssues, searchAndReconsileIssuesUsingJqlPost } from 'jira.js/cloud'
import type { Client } from 'jira.js/core'
import { brokenAnswer, issuesNotGiven } from '../errors.ts'
import type { TicketReader } from '../issue.ts'
import type { FoundTicket, IdPage, IdQuery, SearchPage, SearchQuery } from '../jira.ts'

type SearchAnswer = Awaited<ReturnType<typeof searchIdsOnce>>

/** What search/jql gives at most, and only where nothing but the id is asked for. */
const ID_PAGE_SIZE = 5_000

/** One page of a search, as Jira answers it. */
export function searchOnce(client: Client, query: SearchQuery, { fields }: TicketReader) {
  return searchAndReconsileIssuesUsingJqlPost(client, {
    jql: query.jql,
    fields,
    maxResults: query.pageSize,
    ...(query.pageToken === null ? {} : { nextPageToken: query.pageToken }),
    ...(query.property === null ? {} : { properties: [query.property] }),
    ...(query.reconcileIds.length === 0 ? {} : { reconcileIssues: query.reconcileIds.map(Number) }),
  })
}

export function searchIdsOnce(client: Client, query: IdQuery) {
  return searchAndReconsileIssuesUsingJqlPost(client, {
    jql: query.jql,
    fields: ['id'],
    maxResults: ID_PAGE_SIZE,
    ...(query.pageToken === null ? {} : { nextPageToken: query.pageToken }),
  })
}

interface AnswerFacts {
  readonly siteMs: number
  readonly accountId?: string | null
  readonly host: string
}

/** Reads a page whole or throws `jira-broken`. */
export function readSearchPage(
  answer: SearchAnswer,
  facts: AnswerFacts & { readonly property: string | null; readonly reader: TicketReader },
): SearchPage {
  const end = readEnd(answer, facts)
  return { tickets: facts.reader.read(answer.issues, facts.property), ...end }
}

export function readIdPage(answer: SearchAnswer, facts: AnswerFacts): IdPage {
  const end = readEnd(answer, facts)
  const ids = (answer.issues ?? []).flatMap(({ id }) => (id === undefined || id === '' ? [] : [id]))
  if (answer.issues === undefined || ids.length < answer.issues.length) {
    throw brokenAnswer(facts.host, 'shape', 'with a ticket that has no id')
  }
  return { ids, ...end }
}

/** Jira ends a search with `isLast`, or with a token that is null, empty or absent; a short page says nothing. */
function readEnd(
  { isLast, nextPageToken }: SearchAnswer,
  { siteMs, accountId = null, host }: AnswerFacts,
): Omit<SearchPage, 'tickets'> {
  if (Number.isNaN(siteMs)) throw brokenAnswer(host, 'shape', 'without a date')
  return { nextPageToken: isLast === true ? null : nextPageToken || null, siteMs, accountId }
}

/** What `POST issue/bulkfetch` takes at once. */
export const MAX_FETCHED = 100

/**
 * At most a hundred tickets by their ids or keys, those that Jira does not show left out. Throws where it shows only a
 * part.
 */
export async function fetchByIds(
  client: Client,
  idsOrKeys: readonly string[],
  { host, reader, property }: { host: string; reader: TicketReader; property: string | undefined },
): Promise<FoundTicket[]> {
  const answer = await bulkFetchIssues(client, {
    issueIdsOrKeys: [...idsOrKeys],
    fields: reader.fields,
    ...(property === undefined ? {} : { properties: [property] }),
  })
  // Tickets that it could not give just now are listed apart: taken for missing, they would count as deleted.
  const failed = answer.issueErrors?.length ?? 0
  if (failed > 0) throw issuesNotGiven(host, failed)
  return reader.read(answer.issues, property ?? null)
}
