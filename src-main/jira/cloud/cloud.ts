import {
  countIssues,
  createIssue,
  deleteIssue,
  getCreateIssueMetaIssueTypeId,
  getCreateIssueMetaIssueTypes,
  getCurrentUser,
  getMyPermissions,
  getServerInfo,
  searchPriorities,
  searchProjects,
} from 'jira.js/cloud'
import type { Client } from 'jira.js/core'
import { PRIORITY_FIELD, type Priority } from '../../../src-shared/domain/ticket.ts'
import type { Metrics } from '../../metrics/metrics.ts'
import type { Clock } from '../../runtime/clock.ts'
import { createCall, type Answered, type CloudCall } from './client.ts'
import { fetchByIds, MAX_FETCHED, readIdPage, readSearchPage, searchIdsOnce, searchOnce } from './search.ts'
import { deletedOrGone, newIssue, readScreen, type ScreenField } from '../write-issue.ts'
import { apiToken } from '../credentials.ts'
import { brokenAnswer, createFailure, notAuthenticated } from '../errors.ts'
import { createTicketReader, type TicketReader } from '../issue.ts'
import {
  allPages,
  type CreatableType,
  type FoundTicket,
  type Identity,
  type Jira,
  type Permissions,
  type Project,
  type ServerFacts,
} from '../jira.ts'
import { createLink, type Link, type RequestPolicy } from '../link.ts'
import { CREATE_REPEATS, READ_REPEATS, withRetries } from '../retry.ts'

const LIST_PAGE_SIZE = 50

interface CloudReading {
  /** The field whose value decides what is watched; `priority` where absent. */
  readonly watchedField?: string
  /** Entries of one page of a list (projects, priorities, create-meta). */
  readonly listPageSize?: number
}

export interface CloudOptions extends CloudReading, RequestPolicy {
  /** The site's address, `https://name.atlassian.net` or the gateway's with its path. */
  readonly url: string
  readonly email: string
  readonly apiToken: string
  /** Carries the waits between repeats. */
  readonly clock: Clock
  readonly metrics?: Metrics | undefined
}

/** Jira Cloud's REST v3, which the sandbox speaks too. Throws `not-configured` where the address is none. */
export function createCloudJira(options: CloudOptions): Jira {
  const credentials = apiToken(options.email, options.apiToken)
  return cloudJira(createLink({ ...options, credentials }), options)
}

/** Jira Cloud over a link that is shared with others. */
export function cloudJira(link: Link, reading: CloudReading = {}): Jira {
  const { host, redact } = link
  const { watchedField = PRIORITY_FIELD, listPageSize = LIST_PAGE_SIZE } = reading
  const call = createCall(link)
  const reader = createTicketReader(watchedField)
  const ask = <T>(operation: (client: Client) => Promise<T>, signal: AbortSignal): Promise<Answered<T>> =>
    call(operation, { repeats: READ_REPEATS, signal })
  const read = async <T>(operation: (client: Client) => Promise<T>, signal: AbortSignal): Promise<T> =>
    (await ask(operation, signal)).result

  return {
    identity: async (signal) => readIdentity(await read((client) => getCurrentUser(client), signal), host),
    server: async (signal) => readServer(await ask((client) => getServerInfo(client), signal), host),
    projects: (signal) => read((client) => allProjects(client, listPageSize), signal),
    priorities: (signal) => read((client) => allPriorities(client, listPageSize), signal),
    creatable: (projectKey, signal) =>
      read(
        (client) => creatableTypes(client, projectKey, { maxResults: listPageSize, watchedField }),
        signal,
      ),
    async search(query, signal) {
      const { result, ...said } = await ask((client) => searchOnce(client, query, reader.fields), signal)
      return readSearchPage(result, { ...said, property: query.property, host, redact, reader })
    },
    async searchIds(query, signal) {
      const { result, ...said } = await ask((client) => searchIdsOnce(client, query), signal)
      return readIdPage(result, { ...said, host })
    },
    byIds: (idsOrKeys, signal, property) => allByIds(idsOrKeys, { call, link, reader, signal, property }),
    permissions: async (projectKey, signal) =>
      readPermissions(await read((client) => getMyPermissions(client, asked(projectKey)), signal)),
    async approximateCount(jql, signal) {
      const { count } = await read((client) => countIssues(client, { jql }), signal)
      if (count === undefined) throw brokenAnswer(host, 'shape', 'without a count')
      return count
    },
    async create(ticket, signal, mayLeave) {
      try {
        const body = newIssue(ticket, { watchedField, description: adfDocument(ticket.paragraphs) })
        const { result } = await call((client) => createIssue(client, body), {
          repeats: CREATE_REPEATS,
          signal,
          mayLeave,
        })
        return { id: result.id, key: result.key }
      } catch (error) {
        throw createFailure(error)
      }
    },
    deleteTicket(id, signal) {
      const named = { issueIdOrKey: encodeURIComponent(id), deleteSubtasks: 'false' }
      return deletedOrGone(
        read((client) => deleteIssue(client, named), signal),
        () => read((client) => getCurrentUser(client), signal),
      )
    },
  }
}

function readIdentity(user: Awaited<ReturnType<typeof getCurrentUser>>, host: string): Identity {
  const { accountId, displayName, timeZone } = user
  if (accountId === undefined) throw notAuthenticated(host, 'does not say who we are')
  if (timeZone === undefined) throw brokenAnswer(host, 'shape', "without the account's time zone")
  return { accountId, displayName: displayName ?? accountId, timeZone }
}

function readServer(
  { result, siteMs, tookMs }: Answered<Awaited<ReturnType<typeof getServerInfo>>>,
  host: string,
): ServerFacts {
  const { deploymentType, version = '', serverTime } = result
  // Its own time is exact; `Date` has whole seconds, and may be that of a proxy on the way.
  const nowMs = serverTime?.getTime() ?? siteMs
  if (Number.isNaN(nowMs)) throw brokenAnswer(host, 'shape', 'without a date')
  return { deployment: deploymentType === 'Cloud' ? 'cloud' : 'data-center', version, siteMs: nowMs, tookMs }
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

interface ByIdsParts {
  readonly call: CloudCall
  readonly link: Link
  readonly reader: TicketReader
  readonly signal: AbortSignal
  readonly property: string | undefined
}

async function allByIds(
  idsOrKeys: readonly string[],
  { call, link, reader, signal, property }: ByIdsParts,
): Promise<FoundTicket[]> {
  const found: FoundTicket[] = []
  for (let from = 0; from < idsOrKeys.length; from += MAX_FETCHED) {
    const some = idsOrKeys.slice(from, from + MAX_FETCHED)
    const fetchSome = async (): Promise<FoundTicket[]> => {
      const options = { repeats: READ_REPEATS, signal }
      return (await call((client) => fetchByIds(client, some, { ...link, reader, property }), options)).result
    }
    found.push(...(await withRetries(fetchSome, { repeats: PART_GIVEN, clock: link.clock, signal })))
  }
  return found
}

/** A whole answer that gives a part of what was asked for: the sending has not seen that it failed. */
const PART_GIVEN = new Set(['part'] as const)

const PERMISSIONS = { browse: 'BROWSE_PROJECTS', create: 'CREATE_ISSUES', delete: 'DELETE_ISSUES' } as const

function asked(projectKey: string): NonNullable<Parameters<typeof getMyPermissions>[1]> {
  return { projectKey, permissions: Object.values(PERMISSIONS).join(',') }
}

function readPermissions({ permissions = {} }: Awaited<ReturnType<typeof getMyPermissions>>): Permissions {
  const has = (name: string): boolean =>
    (permissions[name] as { havePermission?: unknown } | null | undefined)?.havePermission === true
  return { browse: has(PERMISSIONS.browse), create: has(PERMISSIONS.create), delete: has(PERMISSIONS.delete) }
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

/** The issue types that can be created in a project, each with what its create screen takes and demands. */
async function creatableTypes(
  client: Client,
  projectKey: string,
  { maxResults, watchedField }: { maxResults: number; watchedField: string },
): Promise<CreatableType[]> {
  // jira.js puts it into the path as it is.
  const projectIdOrKey = encodeURIComponent(projectKey)
  const types = await allPages(async (startAt) => {
    const page = await getCreateIssueMetaIssueTypes(client, { projectIdOrKey, startAt, maxResults })
    return { values: page.issueTypes ?? [], total: page.total }
  })
  const creatable: CreatableType[] = []
  for (const { id, name, subtask = false } of types) {
    if (id === undefined || name === undefined) continue
    const fields = await screenFields(client, { projectIdOrKey, issueTypeId: id, maxResults })
    creatable.push({ id, name, subtask, ...readScreen(fields, watchedField) })
  }
  return creatable
}

function screenFields(
  client: Client,
  screen: { projectIdOrKey: string; issueTypeId: string; maxResults: number },
): Promise<ScreenField[]> {
  return allPages(async (startAt) => {
    const page = await getCreateIssueMetaIssueTypeId(client, { ...screen, startAt })
    return { values: page.fields ?? [], total: page.total }
  })
}
