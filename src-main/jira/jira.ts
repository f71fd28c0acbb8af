import { setImmediate } from 'node:timers/promises'
import type { Priority, Ticket, WatchedField } from '../../src-shared/domain/ticket.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'

/**
 * The port of every Jira: Cloud, Data Center and the sandbox. Methods throw an AppError: `jira-unreachable` and
 * `jira-limited` may be tried again, `not-authenticated` and `jira-refused` need the person, `jira-broken` means an
 * answer that is none (a login page, cut JSON, another shape), `ambiguous` a create whose outcome is not known.
 */
export interface Jira {
  /** Who we are to this Jira. Throws `not-authenticated` where it does not know us. */
  identity(signal: AbortSignal): Promise<Identity>
  /** What the server says of itself to anybody. */
  server(signal: AbortSignal): Promise<ServerFacts>
  projects(signal: AbortSignal): Promise<Project[]>
  /** The issue types that can be created in a project, and the priorities that can be given to each. */
  creatable(projectKey: string, signal: AbortSignal): Promise<CreatableType[]>
  /** The site's priorities, most urgent first. */
  priorities(signal: AbortSignal): Promise<Priority[]>
  search(query: SearchQuery, signal: AbortSignal): Promise<SearchPage>
  /** As `search`, but only the ids: many to a page. Asks for nothing else and reconciles nothing. */
  searchIds(query: IdQuery, signal: AbortSignal): Promise<IdPage>
  /**
   * Tickets by their ids or keys as they are now, past the search index: a moved one with its new key. Those that Jira
   * does not show to this account (deleted or hidden) are left out. Any number of them. `property`: an issue property to
   * return with each ticket.
   */
  byIds(idsOrKeys: readonly string[], signal: AbortSignal, property?: string): Promise<FoundTicket[]>
  /** What the account may do in a project. */
  permissions(projectKey: string, signal: AbortSignal): Promise<Permissions>
  approximateCount(jql: string, signal: AbortSignal): Promise<number>
  /**
   * Makes one ticket. Never repeats it by itself, unless it surely was not made. `mayLeave` is asked right before the
   * request goes out, also after waits for a connection or a rate limit; where it says no, `cancelled` is thrown, and
   * nothing was sent.
   */
  create(ticket: NewTicket, signal: AbortSignal, mayLeave?: () => boolean): Promise<CreatedTicket>
  /**
   * Deletes one ticket, without its sub-tasks. False where Jira does not show it to this account: it is gone already, or
   * an earlier try of this call deleted it whose answer was lost. Throws `jira-refused` where it may not be deleted, or
   * has sub-tasks. Jira mails whom its notification scheme names for «issue deleted»: the call has no parameter against
   * that (its document knows `notifyUsers` for edits, comments and work logs alone).
   */
  deleteTicket(id: string, signal: AbortSignal): Promise<boolean>
  /** Who is told of changes, as administrators have set it. Throws `jira-refused` where the account is none. */
  webhooks(signal: AbortSignal): Promise<WebhookRegistration[]>
  /** Registers one, or with an id changes it. Throws as `webhooks`. */
  saveWebhook(webhook: NewRegistration, signal: AbortSignal): Promise<void>
  /** Throws as `webhooks`, and where there is none. */
  deleteWebhook(id: string, signal: AbortSignal): Promise<void>
}

const METHODS: Readonly<Record<keyof Jira, true>> = {
  identity: true,
  server: true,
  projects: true,
  creatable: true,
  priorities: true,
  search: true,
  searchIds: true,
  byIds: true,
  permissions: true,
  approximateCount: true,
  create: true,
  deleteTicket: true,
  webhooks: true,
  saveWebhook: true,
  deleteWebhook: true,
}

/**
 * A Jira each of whose calls goes through `around`: `call` makes it, in the Jira that it is given; `signal` is the
 * caller's.
 */
export function wrapJira(
  around: <T>(call: (jira: Jira) => Promise<T>, signal: AbortSignal, method: keyof Jira) => Promise<T>,
): Jira {
  const wrapped = (Object.keys(METHODS) as (keyof Jira)[]).map((method) => [
    method,
    (...args: unknown[]) => {
      const signal = args.find((arg) => arg instanceof AbortSignal)
      const call = (jira: Jira): Promise<unknown> =>
        Reflect.apply(jira[method], jira, args) as Promise<unknown>
      return around(call, signal as AbortSignal, method)
    },
  ])
  return Object.fromEntries(wrapped) as Jira
}

export type Deployment = 'cloud' | 'data-center'

export interface ServerFacts {
  readonly deployment: Deployment
  readonly version: string
  /** The site's clock when it answered (epoch ms), and how long the answer took (real ms): what a skew is judged by. */
  readonly siteMs: number
  readonly tookMs: number
}

export interface Permissions {
  readonly browse: boolean
  readonly create: boolean
  readonly delete: boolean
}

export interface Identity {
  /** Cloud: the account id. Data Center: the user name, which is what its answers' header carries. */
  readonly accountId: string
  readonly displayName: string
  readonly timeZone: string
}

export interface Project {
  readonly id: string
  readonly key: string
  readonly name: string
}

export interface CreatableType {
  readonly id: string
  readonly name: string
  readonly subtask: boolean
  /** Empty where the create screen has no priority field. */
  readonly priorities: readonly Priority[]
  /** The select fields of the create screen, each with the values it takes, in the site's order. */
  readonly selects: readonly SelectField[]
  /** Names of fields that the create screen demands, have no default, and that we do not fill in. */
  readonly demands: readonly string[]
}

export interface SelectField {
  readonly field: WatchedField
  readonly values: readonly Priority[]
}

export interface SearchQuery {
  readonly jql: string
  /** Continues a search; null for its first page. */
  readonly pageToken: string | null
  readonly pageSize: number
  /** At most 50 ticket ids that the answer must be consistent about. The same on every page of one search. */
  readonly reconcileIds: readonly string[]
  /** An issue property to return with each ticket, or null. */
  readonly property: string | null
}

export type IdQuery = Pick<SearchQuery, 'jql' | 'pageToken'>

export interface IdPage {
  readonly ids: readonly string[]
  /** Null on the last page. */
  readonly nextPageToken: string | null
  readonly siteMs: number
  /** As of `SearchPage`. */
  readonly accountId: string | null
}

/** `priorityId` and `priorityName` are those of the watched field, whichever that is. */
export interface FoundTicket extends Ticket {
  readonly labels: string[]
  /** Who reported it, by an id that stays; null: nobody; left out where it is not known. It is stored as a digest alone. */
  readonly reporterId?: string | null
  /** The value of the issue property asked for; undefined where the ticket has none. */
  readonly property: unknown
}

export interface SearchPage {
  readonly tickets: readonly FoundTicket[]
  /** Null on the last page. */
  readonly nextPageToken: string | null
  /** The site's clock when it answered (its `Date` header, epoch ms, whole seconds). */
  readonly siteMs: number
  /** For whom it was answered, as its header says; null where it does not, which is not to be believed unasked. */
  readonly accountId: string | null
}

export interface NewTicket {
  readonly projectKey: string
  readonly issueTypeId: string
  /** The value of the watched field (`priority` or a select field), by id; '' leaves the field out. */
  readonly priorityId: string
  readonly title: string
  readonly paragraphs: readonly string[]
  readonly labels: readonly string[]
  readonly properties: readonly { readonly key: string; readonly value: unknown }[]
}

/** A webhook as it is registered. */
export interface WebhookRegistration {
  readonly id: string
  readonly name: string
  readonly url: string
  readonly events: readonly string[]
  /** Which tickets it tells of; empty: all. */
  readonly jql: string
  readonly isEnabled: boolean
  readonly hasBody: boolean
  /** Null: this Jira does not say. */
  readonly isSigned: boolean | null
}

export interface NewRegistration extends Pick<WebhookRegistration, 'name' | 'url' | 'events' | 'jql'> {
  /** Null: a new one. */
  readonly id: string | null
  readonly secret: string
}

export interface CreatedTicket {
  readonly id: string
  readonly key: string
}

/**
 * The pages of a search to its end. The next page is asked for while the caller works on the one before. Throws
 * `jira-broken` where a page's token comes again, since such a search has no end.
 */
export function searchPages(
  jira: Pick<Jira, 'search'>,
  query: Omit<SearchQuery, 'pageToken'>,
  signal: AbortSignal,
): AsyncGenerator<SearchPage, void, void> {
  const tokens = new Set<string>()
  const queryAfter = ({ nextPageToken: pageToken }: SearchPage): SearchQuery | null => {
    if (pageToken === null) return null
    if (tokens.has(pageToken)) throw endless()
    tokens.add(pageToken)
    return { ...query, pageToken }
  }
  return pagesAhead(jira, { ...query, pageToken: null }, queryAfter, signal)
}

/** Pages from the first, or its query, on, each asked for while the caller works on the one before; null ends them. */
export async function* pagesAhead(
  jira: Pick<Jira, 'search'>,
  first: SearchPage | SearchQuery,
  queryAfter: (page: SearchPage) => SearchQuery | null,
  signal: AbortSignal,
): AsyncGenerator<SearchPage & { readonly last: boolean }, void, void> {
  const leaving = new AbortController()
  const either = AbortSignal.any([signal, leaving.signal])
  const ask = (query: SearchQuery): Promise<SearchPage> => {
    const page = jira.search(query, either)
    // It may fail while the caller is still busy; it is awaited, and so reported, by the next turn.
    page.catch(() => {})
    return page
  }
  try {
    let next: Promise<SearchPage> | SearchPage | null = 'tickets' in first ? first : ask(first)
    while (next !== null) {
      const page: SearchPage = await next
      const query = queryAfter(page)
      next = query === null ? null : ask(query)
      if (next !== null) await letRequestLeave()
      yield { ...page, last: next === null }
    }
  } finally {
    leaving.abort()
  }
}

/** The pages of a search for ids, one after the other. Throws as `searchPages`. */
export async function* idPages(
  jira: Pick<Jira, 'searchIds'>,
  jql: string,
  signal: AbortSignal,
): AsyncGenerator<IdPage, void, void> {
  const tokens = new Set<string>()
  for (let pageToken: string | null = null; ;) {
    const page: IdPage = await jira.searchIds({ jql, pageToken }, signal)
    yield page
    pageToken = page.nextPageToken
    if (pageToken === null) return
    if (tokens.has(pageToken)) throw endless()
    tokens.add(pageToken)
  }
}

export function endless(): AppError {
  return new AppError('jira-broken', 'Jira gave the same page twice, so the search would never end.', {
    consequence: 'What was stored stays as it is.',
    hint: 'Report it to your Jira administrator if it goes on.',
    retryable: true,
  })
}

/** fetch writes to a connection that it has open only on the second turn from now; work that holds the thread would keep it back. */
async function letRequestLeave(): Promise<void> {
  await setImmediate()
  await setImmediate()
}
