import { Type, type TSchema } from 'typebox'
import { PRIORITY_FIELD } from '../../../src-shared/domain/ticket.ts'
import { accessToken } from '../credentials.ts'
import { createTicketReader } from '../issue.ts'
import type { CreatableType, Jira } from '../jira.ts'
import { createLink, type Link, type LinkOptions } from '../link.ts'
import {
  ask,
  askServer,
  creatableTypes,
  createdTicket,
  deletedOrGone,
  LIST_PAGE_SIZE,
  newIssue,
  optional,
  readPermissions,
  type JiraReading,
} from '../rest.ts'
import { CREATE_REPEATS, READ_REPEATS } from '../retry.ts'
import type { HttpRequest } from '../transport.ts'
import { serverWebhooks } from '../webhooks.ts'
import {
  askWhoWeAre,
  countTickets,
  issuePath,
  Myself,
  searchIds,
  searchTickets,
  ticketsByIds,
  withProperty,
  type IssueReading,
} from './search.ts'

/*
 * REST v2's answers as far as they are read: jira.js knows Cloud's alone. What they hold besides is left aside.
 * https://docs.atlassian.com/software/jira/docs/api/REST/latest/
 */

const Id = Type.String({ minLength: 1 })

const Projects = Type.Array(Type.Object({ id: Id, key: Id, name: optional(Type.String()) }))

const Priorities = Type.Array(Type.Object({ id: Id, name: Type.String() }))

const Permission = optional(Type.Object({ havePermission: Type.Boolean() }))

const MyPermissions = Type.Object({
  permissions: Type.Object({
    BROWSE_PROJECTS: Permission,
    CREATE_ISSUES: Permission,
    DELETE_ISSUES: Permission,
  }),
})

const Types = pageOf(Type.Object({ id: Id, name: Type.String(), subtask: Type.Optional(Type.Boolean()) }))

const Fields = pageOf(
  Type.Object({
    fieldId: Id,
    name: Type.String(),
    required: Type.Boolean(),
    hasDefaultValue: Type.Optional(Type.Boolean()),
    allowedValues: Type.Optional(Type.Array(Type.Unknown())),
    schema: Type.Optional(Type.Object({ type: Type.Optional(Type.String()) })),
  }),
)

const Created = Type.Object({ id: Id, key: Id })

/** Whatever a page holds, Data Center calls it `values`: https://github.com/pycontribs/jira/issues/1699. */
function pageOf<S extends TSchema>(value: S) {
  return Type.Object({
    values: Type.Array(value),
    total: Type.Optional(Type.Integer({ minimum: 0 })),
    isLast: Type.Optional(Type.Boolean()),
  })
}

/** The address is the server's, with its context path where it has one. */
interface DataCenterOptions extends JiraReading, Omit<LinkOptions, 'credentials'> {
  /** A personal access token. */
  readonly token: string
}

/** A Jira Data Center server, 8.14 or later, by its REST v2. Throws `not-configured` where the address is none. */
export function createDataCenterJira(options: DataCenterOptions): Jira {
  return dataCenterJira(createLink({ ...options, credentials: accessToken(options.token) }), options)
}

/** Jira Data Center over a link that is shared with others. */
export function dataCenterJira(link: Link, reading: JiraReading = {}): Jira {
  const { watchedField = PRIORITY_FIELD, listPageSize = LIST_PAGE_SIZE } = reading
  const reader = createTicketReader(watchedField, link)
  const readingFor = (signal: AbortSignal): IssueReading => ({
    link,
    reader,
    read: (schema, request) => ask(link, schema, request, { repeats: READ_REPEATS, signal }),
  })
  const get = async <S extends TSchema>(schema: S, path: string, signal: AbortSignal) =>
    (await readingFor(signal).read(schema, { method: 'GET', path: `/rest/api/2/${path}` })).result

  return {
    async identity(signal) {
      const { name, displayName, timeZone } = await get(Myself, 'myself', signal)
      return { accountId: name, displayName: displayName ?? name, timeZone }
    },
    server: (signal) => askServer(link, signal),
    projects: async (signal) =>
      (await get(Projects, 'project', signal)).map(({ id, key, name }) => ({ id, key, name: name ?? key })),
    priorities: async (signal) =>
      (await get(Priorities, 'priority', signal)).map(({ id, name }) => ({ id, name })),
    creatable: (projectKey, signal) => allTypes(readingFor(signal), projectKey, watchedField, listPageSize),
    /**
     * Data Center cannot be asked to be consistent about some tickets, so those are read by their ids, past the index, and
     * put with the first page: an own ticket shows at once, whether or not it matches the query.
     */
    async search(query, signal) {
      const parts = readingFor(signal)
      const page = await searchTickets(query, parts)
      const given = new Set(page.tickets.map(({ id }) => id))
      const unseen = query.pageToken === null ? query.reconcileIds.filter((id) => !given.has(id)) : []
      const tickets = [...page.tickets, ...(await ticketsByIds(unseen, parts))]
      if (query.property === null) return { ...page, tickets }
      return { ...page, tickets: await withProperty(tickets, query.property, parts) }
    },
    searchIds: (query, signal) => searchIds(query, readingFor(signal)),
    byIds: (idsOrKeys, signal, property) => ticketsByIds(idsOrKeys, readingFor(signal), property),
    async permissions(projectKey, signal) {
      const request = { method: 'GET', path: '/rest/api/2/mypermissions', searchParams: { projectKey } }
      const { result } = await readingFor(signal).read(MyPermissions, request)
      return readPermissions(result.permissions)
    },
    approximateCount: (jql, signal) => countTickets(jql, readingFor(signal)),
    create(ticket, signal, mayLeave) {
      const body = newIssue(ticket, watchedField, wikiText(ticket.paragraphs))
      const request = { method: 'POST', path: '/rest/api/2/issue', body }
      return createdTicket(ask(link, Created, request, { repeats: CREATE_REPEATS, signal, mayLeave }))
    },
    deleteTicket(id, signal) {
      const parts = readingFor(signal)
      const request = { method: 'DELETE', path: issuePath(id), searchParams: { deleteSubtasks: 'false' } }
      return deletedOrGone(parts.read(Type.Unknown(), request), () => askWhoWeAre(parts))
    },
    ...serverWebhooks(link),
  }
}

function allTypes(
  { read }: IssueReading,
  projectKey: string,
  watchedField: string,
  maxResults: number,
): Promise<CreatableType[]> {
  const path = `/rest/api/2/issue/createmeta/${encodeURIComponent(projectKey)}/issuetypes`
  const page = (startAt: number, under = ''): HttpRequest => ({
    method: 'GET',
    path: path + under,
    searchParams: { startAt, maxResults },
  })
  return creatableTypes(
    watchedField,
    async (startAt) => (await read(Types, page(startAt))).result,
    (typeId) => async (startAt) =>
      (await read(Fields, page(startAt, `/${encodeURIComponent(typeId)}`))).result,
  )
}

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
