import type { Priority, Ticket } from '../../src-shared/domain/ticket.ts'

/**
 * The port of every Jira: Cloud, Data Center and the sandbox. Methods throw an AppError: `jira-unreachable` and
 * `jira-limited` may be tried again, `not-authenticated` and `jira-refused` need the person, `jira-broken` means an
 * answer that is none (a login page, cut JSON, another shape), `ambiguous` a create whose outcome is not known.
 */
export interface Jira {
  /** Who we are to this Jira. Throws `not-authenticated` where it does not know us. */
  identity(signal: AbortSignal): Promise<Identity>
  projects(signal: AbortSignal): Promise<Project[]>
  /** The issue types that can be created in a project, and the priorities that can be given to each. */
  creatable(projectKey: string, signal: AbortSignal): Promise<CreatableType[]>
  /** The site's priorities, most urgent first. */
  priorities(signal: AbortSignal): Promise<Priority[]>
  search(query: SearchQuery, signal: AbortSignal): Promise<SearchPage>
  approximateCount(jql: string, signal: AbortSignal): Promise<number>
  /** Makes one ticket. Never repeats it by itself. */
  create(ticket: NewTicket, signal: AbortSignal): Promise<CreatedTicket>
}

export interface Identity {
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

export interface FoundTicket extends Ticket {
  readonly labels: readonly string[]
  /** The value of the issue property asked for; undefined where the ticket has none. */
  readonly property: unknown
}

export interface SearchPage {
  readonly tickets: readonly FoundTicket[]
  /** Null on the last page. */
  readonly nextPageToken: string | null
  /** The site's clock when it answered (its `Date` header, epoch ms, whole seconds). */
  readonly siteMs: number
}

export interface NewTicket {
  readonly projectKey: string
  readonly issueTypeId: string
  readonly priorityId: string
  readonly title: string
  readonly paragraphs: readonly string[]
  readonly labels: readonly string[]
  readonly properties: readonly { readonly key: string; readonly value: unknown }[]
}

export interface CreatedTicket {
  readonly id: string
  readonly key: string
}
