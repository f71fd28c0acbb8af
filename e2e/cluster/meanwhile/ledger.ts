import type { TestSandbox } from '#jira-sandbox/testing'
import { queryOnce } from '../../../test-support/store/postgres-query.ts'

/** What a store holds of a site, by SQL of our own and past all code of the product. */
export interface Held {
  /** Slots of all runs by their state. */
  readonly slots: Readonly<Record<string, number>>
  /** Keys of the watched tickets, each as often as it is stored. */
  readonly keys: readonly string[]
  /** What the counts add up to. */
  readonly counted: number
}

export async function heldBy(url: string): Promise<Held> {
  const slots = await queryOnce(
    url,
    'SELECT state, count(*)::int AS times FROM jira_tpm.slots GROUP BY state',
  )
  const tickets = await queryOnce(url, 'SELECT key FROM jira_tpm.tickets WHERE left_ms IS NULL ORDER BY key')
  const [sum] = await queryOnce(
    url,
    'SELECT coalesce(sum(count), 0)::int AS counted FROM jira_tpm.minute_counts',
  )
  return {
    slots: Object.fromEntries(slots.map(({ state, times }) => [String(state), Number(times)])),
    keys: tickets.map(({ key }) => String(key)),
    counted: Number(sum?.['counted']),
  }
}

/** Keys of the tickets that Jira has and that are watched, in the same order. */
export async function watchedKeys(site: TestSandbox): Promise<string[]> {
  const all = await site.truth()
  return all
    .filter(({ priorityId }) => priorityId <= 2)
    .map(({ key }) => key)
    .toSorted()
}
