import { searchAndReconsileIssuesUsingJqlPost } from 'jira.js/cloud'
import type { Client } from 'jira.js/core'
import { brokenAnswer } from './errors.ts'
import { readTickets, TICKET_FIELDS } from './issue.ts'
import type { SearchPage, SearchQuery } from './jira.ts'

type SearchAnswer = Awaited<ReturnType<typeof searchOnce>>

/** One page of a search, as Jira answers it. */
export function searchOnce(client: Client, query: SearchQuery) {
  return searchAndReconsileIssuesUsingJqlPost(client, {
    jql: query.jql,
    fields: TICKET_FIELDS,
    maxResults: query.pageSize,
    ...(query.pageToken === null ? {} : { nextPageToken: query.pageToken }),
    ...(query.property === null ? {} : { properties: [query.property] }),
    ...(query.reconcileIds.length === 0 ? {} : { reconcileIssues: query.reconcileIds.map(Number) }),
  })
}

interface PageFacts {
  readonly siteMs: number
  readonly property: string | null
  readonly host: string
  readonly redact: (text: string) => string
}

/**
 * Reads a page whole or throws `jira-broken`: a ticket that cannot be read is never left out. Jira ends a search with
 * `isLast`, or with a token that is null, empty or absent; a short page says nothing.
 */
export function readSearchPage(
  answer: SearchAnswer,
  { siteMs, property, host, redact }: PageFacts,
): SearchPage {
  if (Number.isNaN(siteMs)) throw brokenAnswer(host, 'shape', 'without a date')
  const page = readTickets(answer.issues, property)
  if (!page.ok) throw brokenAnswer(host, 'shape', `with a ticket that cannot be read: ${redact(page.wrong)}`)
  const nextPageToken = answer.isLast === true ? null : answer.nextPageToken || null
  return { tickets: page.tickets, nextPageToken, siteMs }
}
