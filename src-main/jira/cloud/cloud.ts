import {
  countIssues,
  createIssue,
  deleteIssue,
  getCreateIssueMetaIssueTypeId,
  getCreateIssueMetaIssueTypes,
  getCurrentUser,
  getMyPermissions,
  searchPriorities,
  searchProjects,
} from 'jira.js/cloud'
import type { Client, SendRequestOptions } from 'jira.js/core'
import { PRIORITY_FIELD, type Priority } from '../../../src-shared/domain/ticket.ts'
import { apiToken } from '../credentials.ts'
import { brokenAnswer, notAuthenticated } from '../errors.ts'
import { createTicketReader } from '../issue.ts'
import type { CreatableType, FoundTicket, Identity, Jira, Project } from '../jira.ts'
import { createLink, type Link, type LinkOptions, type SendOptions } from '../link.ts'
import {
  allPages,
  askServer,
  creatableTypes,
  createdTicket,
  deletedOrGone,
  LIST_PAGE_SIZE,
  newIssue,
  PERMISSIONS,
  readPermissions,
  type Answered,
  type JiraReading,
} from '../rest.ts'
import { CREATE_REPEATS, READ_REPEATS, withRetries } from '../retry.ts'
import type { SearchParams } from '../site-url.ts'
import type { HttpAnswer } from '../transport.ts'
import { cloudWebhooks } from '../webhooks.ts'
import { fetchByIds, MAX_FETCHED, readIdPage, readSearchPage, searchIdsOnce, searchOnce } from './search.ts'

/** The address is the site's, `https://name.atlassian.net`, or the gateway's with its path. */
export interface CloudOptions extends JiraReading, Omit<LinkOptions, 'credentials'> {
  readonly email: string
  readonly apiToken: string
}

/** Jira Cloud's REST v3, which the sandbox speaks too. Throws `not-configured` where the address is none. */
export function createCloudJira(options: CloudOptions): Jira {
  const credentials = apiToken(options.email, options.apiToken)
  return cloudJira(createLink({ ...options, credentials }), options)
}

/** A whole answer that gives a part of what was asked for: the sending has not seen that it failed. */
const PART_GIVEN = new Set(['part'] as const)

/** Jira Cloud over a link that is shared with others. */
export function cloudJira(link: Link, reading: JiraReading = {}): Jira {
  const { host, clock } = link
  const { watchedField = PRIORITY_FIELD, listPageSize = LIST_PAGE_SIZE } = reading
  const call = createCall(link)
  const reader = createTicketReader(watchedField, link)
  const ask = <T>(operation: (client: Client) => Promise<T>, signal: AbortSignal): Promise<Answered<T>> =>
    call(operation, { repeats: READ_REPEATS, signal })
  const read = async <T>(operation: (client: Client) => Promise<T>, signal: AbortSignal): Promise<T> =>
    (await ask(operation, signal)).result

  return {
    identity: async (signal) => readIdentity(await read((client) => getCurrentUser(client), signal), host),
    server: (signal) => askServer(link, signal),
    projects: (signal) => read((client) => allProjects(client, listPageSize), signal),
    priorities: (signal) => read((client) => allPriorities(client, listPageSize), signal),
    creatable: (projectKey, signal) =>
      read((client) => allTypes(client, projectKey, watchedField, listPageSize), signal),
    async search(query, signal) {
      const { result, ...said } = await ask((client) => searchOnce(client, query, reader), signal)
      return readSearchPage(result, { ...said, property: query.property, host, reader })
    },
    async searchIds(query, signal) {
      const { result, ...said } = await ask((client) => searchIdsOnce(client, query), signal)
      return readIdPage(result, { ...said, host })
    },
    async byIds(idsOrKeys, signal, property) {
      const found: FoundTicket[] = []
      for (let from = 0; from < idsOrKeys.length; from += MAX_FETCHED) {
        const some = idsOrKeys.slice(from, from + MAX_FETCHED)
        const fetchSome = (): Promise<FoundTicket[]> =>
          read((client) => fetchByIds(client, some, { host, reader, property }), signal)
        found.push(...(await withRetries(fetchSome, { repeats: PART_GIVEN, clock, signal })))
      }
      return found
    },
    async permissions(projectKey, signal) {
      const permissions = Object.values(PERMISSIONS).join(',')
      const answer = await read((client) => getMyPermissions(client, { projectKey, permissions }), signal)
      return readPermissions(answer.permissions ?? {})
    },
    async approximateCount(jql, signal) {
      const { count } = await read((client) => countIssues(client, { jql }), signal)
      if (count === undefined) throw brokenAnswer(host, 'shape', 'without a count')
      return count
    },
    create(ticket, signal, mayLeave) {
      const body = newIssue(ticket, watchedField, adfDocument(ticket.paragraphs))
      const options = { repeats: CREATE_REPEATS, signal, mayLeave }
      return createdTicket(call((client) => createIssue(client, body), options))
    },
    deleteTicket(id, signal) {
      const named = { issueIdOrKey: encodeURIComponent(id), deleteSubtasks: 'false' }
      return deletedOrGone(
        read((client) => deleteIssue(client, named), signal),
        () => read((client) => getCurrentUser(client), signal),
      )
    },
    ...cloudWebhooks(link),
  }
}

function readIdentity(user: Awaited<ReturnType<typeof getCurrentUser>>, host: string): Identity {
  const { accountId, displayName, timeZone } = user
  if (accountId === undefined) throw notAuthenticated(host, 'does not say who we are')
  if (timeZone === undefined) throw brokenAnswer(host, 'shape', "without the account's time zone")
  return { accountId, displayName: displayName ?? accountId, timeZone }
}

async function allProjects(client: Client, maxResults: number): Promise<Project[]> {
  const projects = await allPages((startAt) =>
    searchProjects(client, { startAt, maxResults, orderBy: 'key' }),
  )
  return projects.flatMap(({ id, key, name }) =>
    id === undefined || key === undefined ? [] : [{ id, key, name: name ?? key }],
  )
}

async function allPriorities(client: Client, maxResults: number): Promise<Priority[]> {
  const priorities = await allPages((startAt) =>
    searchPriorities(client, { startAt: String(startAt), maxResults: String(maxResults) }),
  )
  return priorities.flatMap(({ id, name }) => (id === undefined || name === undefined ? [] : [{ id, name }]))
}

function allTypes(
  client: Client,
  projectKey: string,
  watchedField: string,
  maxResults: number,
): Promise<CreatableType[]> {
  // jira.js puts it into the path as it is.
  const projectIdOrKey = encodeURIComponent(projectKey)
  return creatableTypes(
    watchedField,
    async (startAt) => {
      const page = await getCreateIssueMetaIssueTypes(client, { projectIdOrKey, startAt, maxResults })
      return { values: page.issueTypes ?? [], total: page.total }
    },
    (issueTypeId) => async (startAt) => {
      const screen = { projectIdOrKey, issueTypeId, startAt, maxResults }
      const page = await getCreateIssueMetaIssueTypeId(client, screen)
      return { values: page.fields ?? [], total: page.total }
    },
  )
}

/** A node of the Atlassian Document Format, as far as plain paragraphs need it. */
interface AdfNode {
  readonly type: string
  readonly version?: number
  readonly text?: string
  readonly content?: readonly AdfNode[]
}

/**
 * Plain paragraphs as the document that REST v3 wants where v2 took a string. A text node must not be empty, so an
 * empty paragraph has no content. https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
 */
function adfDocument(paragraphs: readonly string[]): AdfNode {
  return { type: 'doc', version: 1, content: paragraphs.map(paragraphNode) }
}

function paragraphNode(text: string): AdfNode {
  return { type: 'paragraph', content: text === '' ? [] : [{ type: 'text', text }] }
}

/** Runs one of jira.js's endpoint functions over our transport. */
type CloudCall = <T>(operation: (client: Client) => Promise<T>, options: SendOptions) => Promise<Answered<T>>

const NOTHING_SAID = { siteMs: Number.NaN, accountId: null, tookMs: 0 }

/**
 * jira.js gives the endpoints' paths, types and response schemas; its own transport is not used, since it has no
 * time-outs, no signal and no headers, follows redirects and repeats creates. An answer that does not fit its schema is
 * an error here.
 */
export function createCall({ host, send, redact }: Pick<Link, 'host' | 'send' | 'redact'>): CloudCall {
  return async (operation, options) => {
    let said: Omit<HttpAnswer, 'data'> = NOTHING_SAID
    const client: Client = {
      async sendRequest<T>(asked: SendRequestOptions<T>): Promise<T> {
        const { url, method = 'GET', body, schema } = asked
        const searchParams = asked.searchParams as SearchParams | undefined
        const { data, ...rest } = await send({ method, path: url, searchParams, body }, options)
        said = rest
        if (schema === undefined) return data as T
        const checked = checkShape(schema, data)
        if (checked.ok) return checked.value
        const wrong = redact(checked.wrong)
        throw brokenAnswer(host, 'shape', `${method} ${url} with another shape than agreed (${wrong})`)
      },
    }
    return { result: await operation(client), ...said }
  }
}

type Schema<T> = NonNullable<SendRequestOptions<T>['schema']>

type Shape<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly wrong: string }

/**
 * Checks an answer against jira.js's schema of it. Jira sends null for what it leaves out in other answers (an e-mail address
 * that is private, an empty description), where jira.js knows only "absent": both are taken to be the same.
 */
export function checkShape<T>(schema: Schema<T>, data: unknown): Shape<T> {
  const first = schema.safeParse(data)
  if (first.success) return { ok: true, value: first.data }
  const paths = first.error.issues.map((issue) => issue.path)
  if (paths.every((path) => isNullAt(data, path))) {
    const second = schema.safeParse(paths.reduce(withoutPath, data))
    if (second.success) return { ok: true, value: second.data }
  }
  return { ok: false, wrong: paths[0]?.map(String).join('.') || 'the answer itself' }
}

function isNullAt(data: unknown, path: readonly PropertyKey[]): boolean {
  return (
    path.length > 0 && path.reduce<unknown>((at, key) => (isObject(at) ? at[key] : undefined), data) === null
  )
}

/** A copy of the data without what is at the path. */
function withoutPath(data: unknown, [key, ...rest]: readonly PropertyKey[]): unknown {
  if (key === undefined || !isObject(data)) return undefined
  if (Array.isArray(data)) return data.map((item, i) => (i === key ? withoutPath(item, rest) : item))
  return { ...data, [key]: withoutPath(data[key], rest) }
}

function isObject(value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === 'object' && value !== null
}
