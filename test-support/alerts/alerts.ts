import { pino } from 'pino'
import { createEventHub } from '../../src-shared/contract/client.ts'
import type { AlertEntry, AlertRule } from '../../src-shared/contract/alerts/alerts.ts'
import type { SyncStatus } from '../../src-shared/contract/tickets.ts'
import { startOfMinute, type Minute } from '../../src-shared/domain/minute.ts'
import { evaluateAll } from '../../src-main/alerts/evaluate.ts'
import { lookAround } from '../../src-main/alerts/scene.ts'
import { createSiteTime, type Clock } from '../../src-main/runtime/clock.ts'
import type { AlertWrite } from '../../src-main/store/alerts/states.ts'
import type { Store } from '../../src-main/store/store.ts'
import { createUsual } from '../../src-main/usual/usual.ts'
import { page, SITE, ticket, WATCHED } from '../store/pages.ts'

export const AT_LEAST_3: AlertRule = {
  id: 'r',
  name: 'Storm',
  scope: {},
  condition: { kind: 'at-least', tickets: 3, minutes: 5 },
  on: true,
  revision: 'r-1',
  createdMs: 1,
}

const SESSION = {
  version: '1',
  site: { id: SITE, kind: 'cloud' as const, label: 'acme.atlassian.net', browseUrl: null },
  projectKey: null,
  store: { kind: 'sqlite', label: 'tpm.sqlite' },
  zone: 'Europe/Berlin',
  watchedField: { id: 'priority', name: 'Priority' },
  watched: [
    { id: '1', name: 'Highest' },
    { id: '2', name: 'High' },
  ],
  tokenExpiresOn: null,
}

type Status = Pick<SyncStatus, 'state' | 'failure' | 'lastSuccessMs' | 'indexLagMs'>

/** An instance that shares a store, as far as it evaluates rules. */
export function createTestInstance(store: Store, clock: Clock, owner: string) {
  const time = createSiteTime(clock)
  const status: { now: Status } = {
    now: { state: 'idle', failure: null, lastSuccessMs: null, indexLagMs: null },
  }
  const usual = createUsual({
    store,
    siteId: SITE,
    scope: WATCHED,
    scopeName: 'all',
    time,
    clock,
    zone: async () => SESSION.zone,
    incidents: async () => [],
  })
  const parts = {
    store,
    session: SESSION,
    scopeName: 'all',
    usual,
    time,
    clock,
    owner,
    siteId: SITE,
    isFallback: false,
    hub: createEventHub(),
    log: pino({ level: 'silent' }),
    syncStatus: () => status.now,
  }
  const { site, watched, zone } = SESSION
  const writes = async (): Promise<AlertWrite[]> =>
    evaluateAll(
      { site: site.label, watched, zone, usual },
      await store.alertBook(SITE),
      await lookAround(parts),
    )
  return {
    ...parts,
    status,
    /** What it would write now. */
    writes,
    /** Evaluates, and writes that. */
    evaluate: async (): Promise<boolean> => store.recordAlerts(SITE, owner, await writes()),
    holds: () => store.takeLease(SITE, 'alerts', owner, 60_000),
  }
}

/** Notes that everything is fetched up to an instant (site epoch ms). */
export async function fetchedUpTo(store: Store, knownMs: number): Promise<void> {
  await store.setKnown(SITE, 'all', { knownMs, epoch: await store.epoch(SITE) })
}

let made = 0

/** Stores so many tickets of a minute. */
export async function storeTickets(
  store: Store,
  minute: Minute,
  count: number,
  rehearsed = false,
): Promise<void> {
  if (count === 0) return
  const createdMs = startOfMinute(minute)
  const tickets = Array.from({ length: count }, () => ticket(`t${++made}`, { createdMs, rehearsed }))
  await store.applyPage(page(tickets))
}

/** What was recorded, as `kind minute`, the first alert first. */
export async function recorded(store: Store): Promise<string[]> {
  const alerts: AlertEntry[] = await store.alertHistory({ siteId: SITE, limit: 1_000 })
  return alerts
    .toReversed()
    .flatMap(({ transitions }) => transitions.map(({ kind, atMs }) => `${kind} ${atMs / 60_000}`))
}
