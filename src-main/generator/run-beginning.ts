import { minuteOf, startOfMinute } from '../../src-shared/domain/minute.ts'
import type { Jira } from '../jira/jira.ts'
import type { Run } from '../store/store.ts'
import { readKey } from './known-keys.ts'

/** So much earlier than the run began (site time): its clock and the site's need not be quite the same. */
const BEGIN_SLACK_MS = 15 * 60_000
const LOOKED_AT = 10

/**
 * The number of a key in a project that was surely given out before the run made its first ticket: that of the newest
 * ticket that was made, and has not changed, since well before then. A ticket that was moved into the project meanwhile
 * is old and has a new key, but its `updated` tells. 0 where there is none. Throws what Jira throws.
 */
export async function keyBeforeRun(
  jira: Pick<Jira, 'search' | 'byIds'>,
  { createdAtMs }: Pick<Run, 'createdAtMs'>,
  projectKey: string,
  signal: AbortSignal,
): Promise<number> {
  const beforeMs = startOfMinute(minuteOf(createdAtMs - BEGIN_SLACK_MS))
  const page = await jira.search(
    {
      jql: `project = "${projectKey}" AND created < ${beforeMs} AND updated < ${beforeMs} ORDER BY created DESC, key DESC`,
      pageToken: null,
      pageSize: LOOKED_AT,
      reconcileIds: [],
      property: null,
    },
    signal,
  )
  if (page.tickets.length === 0) return 0
  // The index may show a ticket as it was. What it is now says Jira itself.
  const tickets = await jira.byIds(
    page.tickets.map(({ id }) => id),
    signal,
  )
  const numbers = tickets
    .filter((ticket) => ticket.createdMs < beforeMs && ticket.updatedMs < beforeMs)
    .map(({ key }) => readKey(key))
    .filter((key) => key?.projectKey === projectKey)
    .map((key) => key?.number ?? 0)
  return Math.max(0, ...numbers)
}
