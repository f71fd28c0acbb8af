import type { Overview } from '../../src-shared/contract/overview.ts'
import { startOfMinute } from '../../src-shared/domain/minute.ts'
import { machineTime } from '../../src-shared/domain/site-clock.ts'
import { readUsualNow } from '../usual/usual-reads.ts'
import type { Core } from './handlers.ts'
import type { createReads } from './reads.ts'

/** How many tickets are listed: as many as can be read from across a room. */
const NEWEST = 5

/** `countsOf` reads counts. */
type OverviewParts = Pick<Core, 'session' | 'store' | 'time' | 'syncStatus' | 'usual'> & {
  readonly countsOf: ReturnType<typeof createReads>['counts.get']
}

/** Reads how it is now. Throws as the store. */
export async function readOverview(parts: OverviewParts): Promise<Overview> {
  const { session, store, time, syncStatus, usual, countsOf } = parts
  const { site, zone, watched, projectKey } = session
  const counts = await countsOf({ from: 'now-1h', to: 'now', bucketMinutes: 1 })
  const found = await store.tickets({
    siteId: site.id,
    projectKey,
    priorityIds: watched.map(({ id }) => id),
    fromMs: 0,
    toMs: startOfMinute(counts.toMinute),
    limit: NEWEST,
  })
  const { verdict } = await readUsualNow({ siteId: site.id, usual })
  const { state, lastSuccessMs, nextMs, hooks = null } = syncStatus()
  return {
    label: projectKey === null ? site.label : `${site.label} · ${projectKey}`,
    zone,
    watched,
    clock: time.current(),
    atMs: Math.round(machineTime(time.current(), time.now())),
    fetching: { state, lastSuccessMs, nextMs, hooks },
    counts,
    verdict,
    newest: found.map(({ key, priorityId, createdMs }) => ({ key, priorityId, createdMs })),
  }
}
