import { AppError, type ErrorCode } from '../../src-shared/errors/app-error.ts'
import { JiraError } from '../jira/errors.ts'

/** After these a further fetch would fail alike, or lock the account: the person of this program acts first. */
const NEEDS_ITS_PERSON: ReadonlySet<ErrorCode> = new Set([
  'not-authenticated',
  'not-configured',
  'jira-untrusted',
  'secrets-unavailable',
])

/** After these, too; but they meet every process that shares the store. */
const NEEDS_ANYBODY: ReadonlySet<ErrorCode> = new Set([
  'tables-missing',
  'store-newer',
  'store-not-a-database',
])

const OF_THE_STORE: ReadonlySet<ErrorCode> = new Set([
  ...NEEDS_ANYBODY,
  'store-unavailable',
  'store-full',
  'folder-not-writable',
  'busy', // its write lock, or the lease of another process that fetches
])

const LONGEST_DELAY_MS = 60_000

/** A store that is out of reach refuses at once and Jira is not asked meanwhile, so that trying costs nothing. */
const LONGEST_STORE_DELAY_MS = 5_000

/** A quota is reset on the hour; who asks for more means something else. */
const LONGEST_ASKED_MS = 3_600_000

/** Whether fetching waits for the person after this error. */
export function needsPerson(error: unknown): boolean {
  return needsItsPerson(error) || (error instanceof AppError && NEEDS_ANYBODY.has(error.code))
}

/** Whether it waits for the person of this program, while another one with its own log-in may well go on. */
export function needsItsPerson(error: unknown): boolean {
  return error instanceof AppError && NEEDS_ITS_PERSON.has(error.code)
}

/** Whether the person dropped the ticket tables: nothing of what they held is there any more. */
export function isTablesMissing(error: unknown): boolean {
  return error instanceof AppError && error.code === 'tables-missing'
}

/** Whether somebody asked to stop. */
export function isCancelled(error: unknown): boolean {
  return error instanceof AppError && error.code === 'cancelled'
}

/** Whether the store failed, not Jira: nothing new is known of the log-in. */
export function isOfStore(error: unknown): boolean {
  return error instanceof AppError && OF_THE_STORE.has(error.code)
}

/**
 * Milliseconds until the next try after this many failures of Jira in a row: the interval doubled to a minute, or what
 * Jira asked for. A plain no is asked again once a minute: a project may be hidden from the account for a while only. A
 * store is tried again after the interval, five seconds at most.
 */
export function failureDelayMs(failures: number, intervalMs: number, error: unknown): number {
  if (isOfStore(error)) return Math.min(intervalMs, LONGEST_STORE_DELAY_MS)
  const longestMs = Math.max(intervalMs, LONGEST_DELAY_MS)
  const refused = error instanceof AppError && error.code === 'jira-refused'
  const doubledMs = refused ? longestMs : Math.min(intervalMs * 2 ** failures, longestMs)
  const askedMs = error instanceof JiraError ? (error.retryAfterMs ?? 0) : 0
  return Math.max(doubledMs, Math.min(askedMs, LONGEST_ASKED_MS))
}
