import type { Ticket } from '../../../src-shared/domain/ticket.ts'
import { storableText } from '../sql.ts'

/** The column and its type that each of the fields is in. */
export const OF_FIELDS = {
  issueType: ['issue_type', 'TEXT'],
  components: ['components', 'TEXT'],
  labels: ['labels', 'TEXT'],
  reporter: ['reporter', 'TEXT'],
  rehearsed: ['rehearsed', 'BIGINT'],
} as const

/** What a row keeps of the fields of a ticket that it can be split and filtered by; null: it is not known. */
export interface StoredFields {
  readonly issueType: string | null
  /** JSON lists of texts, in order, each once. */
  readonly components: string | null
  readonly labels: string | null
  /** A digest; '' where nobody reported it. */
  readonly reporter: string | null
  readonly rehearsed: 0 | 1 | null
}

/** A ticket as a fetch or an import gives it. */
export interface GivenTicket extends Ticket {
  /** Who reported it, by an id that stays; null: nobody. Only a digest of it is stored. */
  readonly reporterId?: string | null
  /** The digest itself, from an export. */
  readonly reporter?: string
}

/** A ticket as a row keeps it. */
export type StoredTicket = Omit<Ticket, keyof StoredFields> & StoredFields

/** Jira has no limit to how many labels a ticket may have; of what is more than this nothing is kept. */
const MAX_VALUES = 100
/** As long as Jira lets a label or a name be. */
const MAX_LENGTH = 255

/** The fields of a ticket as they are stored. `digestOf` makes a reporter's digest. */
export function storedFields(given: GivenTicket, digestOf: (reporterId: string) => string): StoredFields {
  const { issueType, components, labels, rehearsed, reporter, reporterId } = given
  return {
    issueType: issueType === undefined ? null : storableText(issueType).slice(0, MAX_LENGTH) || null,
    components: storedList(components),
    labels: storedList(labels),
    reporter:
      reporter ?? (typeof reporterId === 'string' ? digestOf(reporterId) : reporterId === null ? '' : null),
    rehearsed: rehearsed === undefined ? null : rehearsed ? 1 : 0,
  }
}

function storedList(values: readonly string[] | undefined): string | null {
  if (values === undefined) return null
  if (values.length === 0) return '[]'
  const texts = values.map((value) => storableText(value).slice(0, MAX_LENGTH))
  return JSON.stringify([...new Set(texts)].toSorted().slice(0, MAX_VALUES))
}

/** The fields as a ticket has them: what is not known is left out, and so is the reporter. */
export function shownFields({ issueType, components, labels, rehearsed }: Omit<StoredFields, 'reporter'>) {
  return {
    ...(issueType !== null && { issueType }),
    ...(components !== null && { components: listOf(components) }),
    ...(labels !== null && { labels: listOf(labels) }),
    ...(rehearsed !== null && { rehearsed: rehearsed === 1 }),
  }
}

/** The texts of a stored list. */
export function listOf(stored: string): string[] {
  return JSON.parse(stored) as string[]
}

/**
 * A ticket with what was known of it before, where it does not say. One that a run made stays one, whoever takes its
 * label away.
 */
export function withKnown<T extends StoredTicket>(ticket: T, old: StoredFields | undefined): T {
  if (old === undefined || saysAll(ticket, old)) return ticket
  return {
    ...ticket,
    issueType: ticket.issueType ?? old.issueType,
    components: ticket.components ?? old.components,
    labels: ticket.labels ?? old.labels,
    reporter: ticket.reporter ?? old.reporter,
    rehearsed: old.rehearsed === 1 ? 1 : (ticket.rehearsed ?? old.rehearsed),
  }
}

function saysAll(ticket: StoredFields, old: StoredFields): boolean {
  return (
    ticket.issueType !== null &&
    ticket.components !== null &&
    ticket.labels !== null &&
    ticket.reporter !== null &&
    ticket.rehearsed !== null &&
    ticket.rehearsed >= (old.rehearsed ?? 0)
  )
}
