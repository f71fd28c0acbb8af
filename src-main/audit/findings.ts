import type { AuditResult, DifferenceKind } from '../../src-shared/contract/models.ts'
import type { Minute, MinuteSpan } from '../../src-shared/domain/minute.ts'
import type { CountsScope, Slot, TicketSource } from '../store/store.ts'
import { createDifferences, type Differences } from './differences.ts'
import type { SeenTicket } from './jira-snapshot.ts'
import { createMinuteTable, type MinuteTable } from './minute-table.ts'
import type { StoredTickets } from './read-stored.ts'
import type { Marks } from './slot-ticket.ts'
import type { Why } from './why-not-made.ts'

type Missing = AuditResult['missing'][number]
type Extra = AuditResult['extra'][number]

/** Everything that an audit compares. */
export interface Evidence extends Marks {
  /** What the chart shows. */
  readonly scope: CountsScope
  /** Ids of watched tickets that Jira's search returns now. */
  readonly indexed: { has(id: string): boolean }
  readonly stored: StoredTickets
  /** Tickets that are stored in another minute, or came while the audit was under way: when created, by id. */
  readonly elsewhere: ReadonlyMap<string, number>
  /** The keys of the projects that the account sees. */
  readonly projectKeys: ReadonlySet<string>
  /** The site's time (epoch ms) of the audit. */
  readonly siteMs: number
}

/** What an audit has found so far. */
export interface Findings {
  readonly table: MinuteTable
  readonly missing: Differences<Missing>
  readonly extra: Differences<Extra>
}

/** Nothing yet, over a span. */
export function noFindings(span: MinuteSpan): Findings {
  return { table: createMinuteTable(span), missing: createDifferences(), extra: createDifferences() }
}

/** Whether the chart should show what a slot makes. */
export function isWatchedSlot({ projectKey, priorityIds }: CountsScope, slot: Slot): boolean {
  return priorityIds.includes(slot.priorityId) && (projectKey === null || projectKey === slot.projectKey)
}

/** Why Jira does not show a ticket as watched any more. */
export function whyNotWatched({ projectKey }: CountsScope, seen: SeenTicket): Why {
  if (projectKey !== null && seen.projectKey !== projectKey) {
    return { kind: 'moved', reason: `moved to ${seen.key}, in a project that is not watched` }
  }
  const to = seen.priorityName === '' ? 'no value at all' : seen.priorityName
  return { kind: 'lowered', reason: `lowered to ${to}` }
}

/** Why Jira does not show a ticket at all. */
export function whyGone(projectKey: string, projectKeys: ReadonlySet<string>): Why {
  if (projectKey === '' || projectKeys.has(projectKey)) {
    return { kind: 'deleted', reason: 'deleted from Jira, or no longer to be seen by this account' }
  }
  return {
    kind: 'deleted',
    reason: `no longer to be seen: this account does not see the project ${projectKey} any more`,
  }
}

/** Why the store counts a ticket that Jira does not have as it is counted. */
export function leftInStore(source: TicketSource, why: Why): Why {
  const kind: DifferenceKind = 'left-in-store'
  if (source === 'jira') return { kind, reason: `counted in the store, but ${why.reason}` }
  const from = source === 'import' ? 'was imported from a file' : 'is of the sample'
  return { kind, reason: `counted in the store, but not in Jira: it ${from}` }
}

/** A minute for the person, in UTC: `2026-11-24 14:05 UTC`. */
export function minuteText(minute: Minute): string {
  return `${new Date(minute * 60_000).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
