import { createEventHub } from '../../src-shared/contract/client.ts'
import { PRIORITY_FIELD } from '../../src-shared/domain/ticket.ts'
import { createCloudJira } from '../../src-main/jira/cloud/cloud.ts'
import { createDataCenterJira } from '../../src-main/jira/data-center/data-center.ts'
import type { Jira } from '../../src-main/jira/jira.ts'
import { leaseOwner } from '../../src-main/leases/lease-owner.ts'
import { createSiteTime, machineClock } from '../../src-main/runtime/clock.ts'
import { openStore } from '../../src-main/store/open-store.ts'
import type { ChildJob } from './child.ts'

interface PartsOptions {
  readonly kind?: 'cloud' | 'data-center'
  /** Real milliseconds for one call of Jira. */
  readonly callMs?: number
}

/** What a generator, a sync or a clean-up is made of, in a process of its own that shares its Jira and its store with others. */
export async function openParts({ store, site, siteId }: ChildJob, { kind, callMs }: PartsOptions = {}) {
  const clock = machineClock
  const log = { info: () => {}, warn: () => {}, error: (...what: unknown[]) => console.error(...what) }
  const timeouts = callMs === undefined ? {} : { callMs }
  const jira: Jira =
    kind === 'data-center'
      ? createDataCenterJira({ url: site.url, token: site.apiToken, clock, timeouts })
      : createCloudJira({ ...site, clock, timeouts })
  return {
    siteId,
    store: await openStore(store, { clock, log, password: null }),
    jira,
    clock,
    siteTime: createSiteTime(clock),
    hub: createEventHub(),
    owner: leaseOwner(),
    log,
  }
}

/** What a sync watches, in all projects. */
export function watching(priorityIds: readonly string[]) {
  return {
    projectKey: null,
    watchedField: { id: PRIORITY_FIELD, name: 'Priority' },
    watched: priorityIds.map((id) => ({ id, name: id })),
  }
}
