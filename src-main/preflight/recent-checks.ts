import { elapsedMs, type Clock } from '../runtime/clock.ts'

/** What was checked: whose account, where, and by which values its tickets would count. */
export interface RecentCheck {
  readonly url: string
  readonly user: string | null
  readonly projectKey: string
  readonly fieldId: string
  readonly valueIds: readonly string[]
}

/** How long a person may take to answer between the check and the run. */
const HOLDS_MS = 10 * 60_000

/**
 * Checks that found nothing in the way of creating tickets. The run that comes after one needs none of its own, where the
 * person checked first; the next one does again.
 */
export function createRecentChecks(clock: Clock) {
  const untilMs = new Map<string, number>()
  return {
    note: (checked: RecentCheck): void => void untilMs.set(nameOf(checked), elapsedMs(clock) + HOLDS_MS),
    /** Whether there was one, which is used up by this. */
    take(checked: RecentCheck): boolean {
      const name = nameOf(checked)
      const isFresh = (untilMs.get(name) ?? -Infinity) >= elapsedMs(clock)
      untilMs.delete(name)
      return isFresh
    },
  }
}
export type RecentChecks = ReturnType<typeof createRecentChecks>

function nameOf({ url, user, projectKey, fieldId, valueIds }: RecentCheck): string {
  return JSON.stringify([url, user, projectKey.toUpperCase(), fieldId, valueIds.toSorted()])
}
