import { Type, type Static, type TSchema } from 'typebox'
import { PRIORITY_FIELD } from '../../../src-shared/domain/ticket.ts'
import type { Metrics } from '../../metrics/metrics.ts'
import type { Clock } from '../../runtime/clock.ts'
import { deletedOrGone, newIssue, readScreen } from '../write-issue.ts'
import { accessToken } from '../credentials.ts'
import { brokenAnswer, createFailure } from '../errors.ts'
import { createTicketReader, parseJiraStamp } from '../issue.ts'
import {
  allPages,
  type CreatableType,
  type Jira,
  type Permissions,
  type SearchPage,
  type SearchQuery,
  type ServerFacts,
} from '../jira.ts'
import { createLink, type Link, type RequestPolicy } from '../link.ts'
import { CREATE_REPEATS, READ_REPEATS } from '../retry.ts'
import type { SearchParams } from '../site-url.ts'
import {
  createAsk,
  CreatedAnswer,
  FieldsAnswer,
  MyselfAnswer,
  PermissionsAnswer,
  PrioritiesAnswer,
  ProjectsAnswer,
  ServerInfoAnswer,
  TypesAnswer,
  type Ask,
  type CheckedAnswer,
} from './ask.ts'
import { askWhoWeAre, issuePath, ticketsByIds, withProperty } from './issues.ts'
import { countTickets, searchIds, searchTickets, type SearchParts } from './search.ts'

/** What a backslash before it makes plain. */
const ESCAPED = [
  // Macros, links, images, table cells, citations.
  /[{}[\]|!]|\?(?=\?)|(?<=\?)\?/,
  // Smileys: their first mark, as in `(y)`, and their second, as in `:)`.
  /\((?=(?:[!?*/xiyn+-]|on|off|flag|flagoff)\))|(?<=[:;])[()DPp|-]/,
  // Text effects and dashes where they can begin or end; inside of a word, as in `on-call`, they mean nothing.
  /(?<![\p{L}\p{N}])[*_+^~-]|[*_+^~-](?![\p{L}\p{N}])/u,
  // Numbered lists.
  /(?<=^\s*#*)#(?=#*\s)/,
]

/** What is written by its number, since a backslash before it would not do. */
const NUMBERED = [
  // A backslash: it escapes, and two of them break the line.
  /\\/,
  // Headings and quotations at the beginning of a line.
  /(?<=^\s*(?:h[1-6]|bq))\.(?=\s|$)/,
  // What the renderer would take for a number like these.
  /&(?=#?\w+;)/,
]

const MARKUP = new RegExp(`(${sources(NUMBERED)})|(?:${sources(ESCAPED)})`, 'gmu')

const LIST_PAGE_SIZE = 50

interface DataCenterReading {
  /** The field whose value decides what is watched; `priority` where absent. */
  readonly watchedField?: string
  /** Entries of one page of create-meta. */
  readonly listPageSize?: number
}

export interface DataCenterOptions extends DataCenterReading, RequestPolicy {
  /** The server's address, with its context path where it has one. */
  readonly url: string
  /** A personal access token. */
  readonly token: string
  /** Carries the waits between repeats. */
  readonly clock: Clock
  readonly metrics?: Metrics | undefined
}

/** A Jira Data Center server, 8.14 or later, by its REST v2. Throws `not-configured` where the address is none. */
export function createDataCenterJira(options: DataCenterOptions): Jira {
  return dataCenterJira(createLink({ ...options, credentials: accessToken(options.token) }), options)
}

/** Jira Data Center over a link that is shared with others. */
export function dataCenterJira(link: Link, reading: DataCenterReading = {}): Jira {
  const { watchedField = PRIORITY_FIELD, listPageSize = LIST_PAGE_SIZE } = reading
  const ask = createAsk(link)
  const reader = createTicketReader(watchedField)
  const get = <S extends TSchema>(
    schema: S,
    path: string,
    signal: AbortSignal,
    searchParams?: SearchParams,
  ) =>
    ask(
      schema,
      { method: 'GET', path: `/rest/api/2/${path}`, searchParams },
      { repeats: READ_REPEATS, signal },
    )
  const partsFor = (signal: AbortSignal): SearchParts => ({ ask, link, reader, signal })

  return {
    async identity(signal) {
      const { name, displayName, timeZone } = (await get(MyselfAnswer, 'myself', signal)).result
      return { accountId: name, displayName: displayName ?? name, timeZone }
    },
    server: async (signal) => readServer(await get(ServerInfoAnswer, 'serverInfo', signal), link.host),
    async projects(signal) {
      const { result } = await get(ProjectsAnswer, 'project', signal)
      return result.map(({ id, key, name }) => ({ id, key, name: name ?? key }))
    },
    async priorities(signal) {
      const { result } = await get(PrioritiesAnswer, 'priority', signal)
      return result.map(({ id, name }) => ({ id, name }))
    },
    creatable: (projectKey, signal) =>
      creatableTypes(projectKey, { ask, signal, watchedField, maxResults: listPageSize }),
    search: (query, signal) => searchPage(query, partsFor(signal)),
    searchIds: (query, signal) => searchIds(query, partsFor(signal)),
    byIds: (idsOrKeys, signal, property) => ticketsByIds(idsOrKeys, partsFor(signal), property),
    async permissions(projectKey, signal) {
      const { result } = await get(PermissionsAnswer, 'mypermissions', signal, { projectKey })
      return readPermissions(result)
    },
    approximateCount: (jql, signal) => countTickets(jql, partsFor(signal)),
    async create(ticket, signal, mayLeave) {
      const body = newIssue(ticket, { watchedField, description: wikiText(ticket.paragraphs) })
      try {
        const request = { method: 'POST', path: '/rest/api/2/issue', body }
        const { result } = await ask(CreatedAnswer, request, { repeats: CREATE_REPEATS, signal, mayLeave })
        return { id: result.id, key: result.key }
      } catch (error) {
        throw createFailure(error)
      }
    },
    deleteTicket(id, signal) {
      const request = { method: 'DELETE', path: issuePath(id), searchParams: { deleteSubtasks: 'false' } }
      return deletedOrGone(ask(Type.Unknown(), request, { repeats: READ_REPEATS, signal }), () =>
        askWhoWeAre(partsFor(signal)),
      )
    },
  }
}

/**
 * Data Center cannot be asked to be consistent about some tickets, so those are read by their ids, past the index, and
 * put with the first page: an own ticket shows at once, whether or not it matches the query.
 */
async function searchPage(query: SearchQuery, parts: SearchParts): Promise<SearchPage> {
  const page = await searchTickets(query, parts)
  const given = new Set(page.tickets.map(({ id }) => id))
  const unseen = query.pageToken === null ? query.reconcileIds.filter((id) => !given.has(id)) : []
  const tickets = [...page.tickets, ...(await ticketsByIds(unseen, parts))]
  if (query.property === null) return { ...page, tickets }
  return { ...page, tickets: await withProperty(tickets, query.property, parts) }
}

function readServer(
  { result, siteMs, tookMs }: CheckedAnswer<Static<typeof ServerInfoAnswer>>,
  host: string,
): ServerFacts {
  // Its own time is exact; `Date` has whole seconds, and may be that of a proxy on the way.
  const stampMs = parseJiraStamp(result.serverTime ?? '')
  const nowMs = Number.isNaN(stampMs) ? siteMs : stampMs
  if (Number.isNaN(nowMs)) throw brokenAnswer(host, 'shape', 'without a date')
  return {
    deployment: result.deploymentType === 'Cloud' ? 'cloud' : 'data-center',
    version: result.version ?? '',
    siteMs: nowMs,
    tookMs,
  }
}

function readPermissions({ permissions }: Static<typeof PermissionsAnswer>): Permissions {
  return {
    browse: permissions.BROWSE_PROJECTS?.havePermission === true,
    create: permissions.CREATE_ISSUES?.havePermission === true,
    delete: permissions.DELETE_ISSUES?.havePermission === true,
  }
}

interface MetaParts {
  readonly ask: Ask
  readonly signal: AbortSignal
  readonly watchedField: string
  /** Entries of one page. */
  readonly maxResults: number
}

/**
 * The issue types that can be created in a project, each with what its create screen takes and demands. Whatever a page
 * holds, Data Center calls it `values`: https://github.com/pycontribs/jira/issues/1699.
 */
async function creatableTypes(projectKey: string, parts: MetaParts): Promise<CreatableType[]> {
  const { ask, signal, watchedField, maxResults } = parts
  const options = { repeats: READ_REPEATS, signal }
  const path = `/rest/api/2/issue/createmeta/${encodeURIComponent(projectKey)}/issuetypes`
  const page = (startAt: number) => ({ method: 'GET', searchParams: { startAt, maxResults } })
  const types = await allPages(
    async (startAt) => (await ask(TypesAnswer, { ...page(startAt), path }, options)).result,
  )
  const creatable: CreatableType[] = []
  for (const { id, name, subtask = false } of types) {
    const screen = `${path}/${encodeURIComponent(id)}`
    const fields = await allPages(
      async (startAt) => (await ask(FieldsAnswer, { ...page(startAt), path: screen }, options)).result,
    )
    creatable.push({ id, name, subtask, ...readScreen(fields, watchedField) })
  }
  return creatable
}

/**
 * Plain paragraphs as the wiki text that REST v2 wants, an empty line between them, with everything escaped that
 * Jira's renderer would take for markup. https://jira.atlassian.com/secure/WikiRendererHelpAction.jspa?section=all
 */
export function wikiText(paragraphs: readonly string[]): string {
  return paragraphs.map(escaped).join('\n\n')
}

function escaped(text: string): string {
  return text.replaceAll(MARKUP, (mark, numbered: string | undefined) =>
    numbered === undefined ? `\\${mark}` : `&#${mark.charCodeAt(0)};`,
  )
}

function sources(patterns: readonly RegExp[]): string {
  return patterns.map(({ source }) => source).join('|')
}
