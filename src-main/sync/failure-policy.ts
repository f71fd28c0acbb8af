import { AppError, type ErrorCode } from '../../src-shared/errors/app-error.ts'
import { JiraError } from '../jira/errors.ts'

/** After these a further fetch would fail alike, or lock the account: the person acts first. */
const NEEDS_PERSON: ReadonlySet<ErrorCode> = new Set([
  'not-authenticated',
  'not-configured',
  'jira-untrusted',
  'secrets-unavailable',
  'tables-missing',
  'store-newer',
  'store-not-a-database',
])

const LONGEST_DELAY_MS = 60_000

/** A quota is reset on the hour; who asks for more means something else. */
const LONGEST_ASKED_MS = 3_600_000

/** Whether fetching waits for the person after this error. */
export function needsPerson(error: unknown): boolean {
  return error instanceof AppError && NEEDS_PERSON.has(error.code)
}

/**
 * Milliseconds until the next try after so many failures in a row: the interval doubled to a minute, or what Jira asked
 * for. A plain no is asked again once a minute: a project may be hidden from the account for a while only.
 */
export function failureDelayMs(failures: number, intervalMs: number, error: unknown): number {
  const longestMs = Math.max(intervalMs, LONGEST_DELAY_MS)
  const refused = error instanceof AppError && error.code === 'jira-refused'
  const doubledMs = refused ? longestMs : Math.min(intervalMs * 2 ** failures, longestMs)
  const askedMs = error instanceof JiraError ? (error.retryAfterMs ?? 0) : 0
  return Math.max(doubledMs, Math.min(askedMs, LONGEST_ASKED_MS))
}
