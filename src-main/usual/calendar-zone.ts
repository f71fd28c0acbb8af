import { withTimeout } from '../runtime/async.ts'

/** So long a Jira that does not answer is waited for (real ms). */
const PATIENCE_MS = 2_000

/** How the zone whose hours of the week are compared is found. */
interface CalendarZoneParts {
  /** Set by a person. */
  readonly chosen: string | null
  /** The last one that the account was known to have; null where it was never asked. */
  readonly kept: string | null
  /** The zone that times are shown in. */
  readonly shown: string
  /** Asks for the zone of the account's clock. */
  readonly account: () => Promise<string>
  /** Called with each other zone that the account is found to have. */
  readonly keep: (zone: string) => void
}

/**
 * The zone whose hours of the week are compared: the one that was set, else the account's, as it was last known while it is
 * asked, else the one that times are shown in. All who share a store and its account so have the same one.
 */
export function createCalendarZone({
  chosen,
  kept,
  shown,
  account,
  keep,
}: CalendarZoneParts): () => Promise<string> {
  if (chosen !== null) return async () => chosen
  let known = kept
  const ask = async (): Promise<void> => {
    const zone = await account()
    if (zone === known) return
    known = zone
    keep(zone)
  }
  return async () => {
    const asked = ask().catch(() => {}) // a Jira that is away is said elsewhere
    if (known === null) await withTimeout(asked, PATIENCE_MS, () => {})
    return known ?? shown
  }
}
