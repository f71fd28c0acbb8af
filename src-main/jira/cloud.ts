import { countIssues, createIssue, getCurrentUser, searchPriorities, searchProjects } from 'jira.js/cloud'
import type { Client } from 'jira.js/core'
import type { Priority } from '../../src-shared/domain/ticket.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Clock } from '../clock.ts'
import { adfDocument } from './adf.ts'
import { createCall } from './client.ts'
import { readSearchPage, searchOnce } from './cloud-search.ts'
import { creatableTypes } from './create-meta.ts'
import { brokenAnswer, createFailure, notAuthenticated } from './errors.ts'
import type { Identity, Jira, NewTicket, Project } from './jira.ts'
import { allPages } from './offset-pages.ts'
import { createRedactor } from './redact.ts'
import { CREATE_REPEATS, READ_REPEATS } from './retry.ts'
import { createTransport } from './transport.ts'

const CALL_TIMEOUT_MS = 30_000
const MAX_ANSWER_BYTES = 16 * 2 ** 20
const LIST_PAGE_SIZE = 50

export interface CloudOptions {
  /** The site's address, `https://name.atlassian.net` or the gateway's with its path. */
  readonly url: string
  readonly email: string
  readonly apiToken: string
  /** Carries the waits between repeats. */
  readonly clock: Clock
  /** Real milliseconds for one call; 30 s where absent. */
  readonly timeoutMs?: number
  /** Entries of one page of a list (projects, priorities, create-meta). */
  readonly listPageSize?: number
}

/** Jira Cloud's REST v3, which the sandbox speaks too. Throws `not-configured` where the address is none. */
export function createCloudJira(options: CloudOptions): Jira {
  const { clock, timeoutMs = CALL_TIMEOUT_MS, listPageSize = LIST_PAGE_SIZE } = options
  const site = siteUrl(options.url)
  const { host } = site
  const credentials = Buffer.from(`${options.email}:${options.apiToken}`).toString('base64')
  const redact = createRedactor([options.apiToken, credentials])
  const transport = createTransport({
    site,
    authorization: `Basic ${credentials}`,
    timeoutMs,
    maxBytes: MAX_ANSWER_BYTES,
    redact,
  })
  const call = createCall(transport, { host, clock })
  const read = async <T>(operation: (client: Client) => Promise<T>, signal: AbortSignal): Promise<T> =>
    (await call(operation, { repeats: READ_REPEATS, signal })).result

  return {
    identity: async (signal) => readIdentity(await read((client) => getCurrentUser(client), signal), host),
    projects: (signal) => read((client) => allProjects(client, listPageSize), signal),
    priorities: (signal) => read((client) => allPriorities(client, listPageSize), signal),
    creatable: (projectKey, signal) =>
      read((client) => creatableTypes(client, projectKey, listPageSize), signal),
    async search(query, signal) {
      const { result, siteMs } = await call((client) => searchOnce(client, query), {
        repeats: READ_REPEATS,
        signal,
      })
      return readSearchPage(result, { siteMs, property: query.property, host, redact })
    },
    async approximateCount(jql, signal) {
      const { count } = await read((client) => countIssues(client, { jql }), signal)
      if (count === undefined) throw brokenAnswer(host, 'shape', 'without a count')
      return count
    },
    async create(ticket, signal) {
      try {
        const { result } = await call((client) => createIssue(client, newIssue(ticket)), {
          repeats: CREATE_REPEATS,
          signal,
        })
        return { id: result.id, key: result.key }
      } catch (error) {
        throw createFailure(error)
      }
    },
  }
}

function siteUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') return url
  throw new AppError('not-configured', 'The address of the Jira is not one. Nothing was sent.', {
    hint: 'Give it as https://name.atlassian.net, without a user name or password in it.',
  })
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

function newIssue(ticket: NewTicket): Parameters<typeof createIssue>[1] {
  return {
    fields: {
      project: { key: ticket.projectKey },
      issuetype: { id: ticket.issueTypeId },
      ...(ticket.priorityId === '' ? {} : { priority: { id: ticket.priorityId } }),
      summary: ticket.title,
      description: adfDocument(ticket.paragraphs),
      labels: [...ticket.labels],
    },
    properties: ticket.properties.map(({ key, value }) => ({ key, value })),
  }
}
