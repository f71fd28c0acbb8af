import { MS_PER_MINUTE } from '../../src-shared/domain/minute.ts'
import { PRIORITY_FIELD, type Ticket } from '../../src-shared/domain/ticket.ts'
import type { CountsScope } from '../store/store.ts'

/** Which tickets are fetched: those whose `fieldId` has one of the values `priorityIds`. */
export interface WatchScope extends CountsScope {
  /** `priority` or `customfield_N`. */
  readonly fieldId: string
}

/** Creation times `[fromMs, toMs)` (site epoch ms, whole minutes). */
export interface CreatedSpan {
  readonly fromMs: number
  readonly toMs: number
}

/** The latest instant that there is: a span up to it has no end. */
export const END_OF_TIME_MS = 8_640_000_000_000_000

export const ALL_TIME: CreatedSpan = { fromMs: 0, toMs: END_OF_TIME_MS }

/**
 * The name under which a fetch's progress is kept. Other projects, another field or other watched values are another
 * scope, so that changing what is watched begins from nothing.
 */
export function syncScope({ projectKey, priorityIds, fieldId }: WatchScope): string {
  const parts = [projectKey, priorityIds.toSorted()]
  return JSON.stringify(fieldId === PRIORITY_FIELD ? parts : [...parts, fieldId])
}

/** Whether a ticket, as Jira shows it, is one of the scope's. */
export function isWatched(
  { projectKey, priorityIds }: CountsScope,
  ticket: Pick<Ticket, 'priorityId' | 'projectKey'>,
): boolean {
  return priorityIds.includes(ticket.priorityId) && (projectKey === null || projectKey === ticket.projectKey)
}

/** The beginning of the minute of an instant (epoch ms); that of 1970 for what is before. */
export function wholeMinute(epochMs: number): number {
  return Math.max(0, Math.floor(epochMs / MS_PER_MINUTE) * MS_PER_MINUTE)
}
