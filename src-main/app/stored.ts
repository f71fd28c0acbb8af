import type { Params, Result } from '../../src-shared/contract/methods.ts'
import type { RestoredStore } from '../../src-shared/contract/store.ts'
import type { Config } from '../config/config.ts'
import { createRunViews } from '../generator/run-views.ts'
import { leaseOwner } from '../leases/lease-owner.ts'
import { createSiteTime, type Clock } from '../runtime/clock.ts'
import type { Log } from '../runtime/log.ts'
import { knownSite, type KnownSite } from '../sites/known-site.ts'
import { keepReceipts } from '../store/receipts/keep-receipts.ts'
import { openReceiptBook } from '../workspace/receipt-book.ts'
import { openSqliteStore } from '../store/sqlite/store.ts'
import { createMarking } from '../marks/marks.ts'
import type { ProgressStore } from '../store/progress.ts'
import type { Store } from '../store/store.ts'
import { isOfStore } from '../sync/failure-policy.ts'
import { createIndexLagMeter, keptSightings } from '../sync/index-lag.ts'
import type { ExportRequest } from '../transfer/export-tickets.ts'
import { createUsual } from '../usual/usual.ts'
import { createReads, scopesOf, sessionOf, type ReadMethod } from './reads.ts'

type StoreMethod = ReadMethod | keyof ReturnType<typeof createMarking>

/** As `Client`, for what a store alone answers. */
export interface ReadClient {
  readonly call: <M extends StoreMethod>(method: M, params: Params<M>) => Promise<Result<M>>
}

/** What reads what is stored. */
export interface StoredData {
  readonly client: ReadClient
  /** See `exportTickets` of the transfer. */
  readonly exportTickets: (request: ExportRequest) => Promise<number>
}

interface OpeningParts {
  readonly clock: Clock
  /** Null where the store is a file. */
  readonly log: Log | null
  readonly signal: AbortSignal
}

/**
 * Opens the store that is set, and nothing else: no Jira, no sandbox. Null where it is away, or does not know what is
 * watched: then the core has to be opened. Throws as `openStore`.
 */
export async function openStored(
  config: Config,
  parts: OpeningParts,
): Promise<
  (StoredData & { readonly restored: RestoredStore | null; readonly close: () => Promise<void> }) | null
> {
  const { store, close } = await openAlone(config, parts)
  try {
    const { clock } = parts
    const health = store.health()
    const known = health.state === 'up' ? await knownSite(store, config, clock.now()) : null
    if (known === null) {
      await close()
      return null
    }
    const client = await readClient(config, { store, clock, known })
    const exported = { store, siteId: known.site.id, projectKey: config.projectKey }
    return {
      client,
      restored: health.state === 'up' ? (health.restored ?? null) : null,
      async exportTickets(request) {
        const { exportTickets } = await import('../transfer/export-tickets.ts')
        return exportTickets(request, exported)
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** For a file nothing of a server is loaded. `close` ends all that was opened. Throws as `openStore`. */
export async function openAlone(
  config: Config,
  { clock, log, signal }: OpeningParts,
): Promise<{ readonly store: Store; readonly close: () => Promise<void> }> {
  if (config.store.kind === 'sqlite') {
    const file = await openSqliteStore({ file: config.store.file, clock })
    const receipts = openReceiptBook(config.dataDir, log)
    const store = await keepReceipts(file, receipts, { clock, log, readsOnly: true })
    return { store, close: () => store.close() }
  }
  if (log === null) throw new Error('what a server says is logged')
  const { createStoreAccess } = await import('./store-access.ts')
  const access = createStoreAccess(config, { clock, log })
  try {
    const store = await access.open(config.store, signal, true)
    const close = async (): Promise<void> => {
      await store.close()
      await access.stop()
    }
    return { store, close }
  } catch (error) {
    await access.stop()
    throw error
  }
}

interface ReadingParts {
  readonly store: Store
  readonly clock: Clock
  readonly known: KnownSite
}

async function readClient(config: Config, { store, clock, known }: ReadingParts): Promise<ReadClient> {
  const { clock: siteClock, accountZone, ...site } = known
  const siteId = site.site.id
  const time = createSiteTime(clock)
  time.set(siteClock)
  const indexLagMs = await keptLagMs(store, siteId)
  const session = sessionOf(config, store, site)
  const reads = createReads({
    session,
    store,
    time,
    syncStatus: () => ({ lastSuccessMs: null, indexLagMs }),
    usual: createUsual({
      store,
      siteId,
      time,
      clock,
      ...scopesOf(session),
      zone: async () => config.calendarZone ?? accountZone ?? session.zone,
      incidents: () => store.incidentSpans(siteId),
    }),
    // No run is this process's own.
    runs: createRunViews({ store, siteId, siteTime: time, clock, owner: leaseOwner() }, () => null),
  })
  const { zone } = session
  const handlers = { ...reads, ...createMarking({ store, siteId, zone, time, isFallback: false }) }
  return { call: (method, params) => handlers[method](params as never) as Promise<never> }
}

/** Null before a first fetch, and without ticket tables: what is asked then says so. */
async function keptLagMs(store: ProgressStore, siteId: string): Promise<number | null> {
  const lag = createIndexLagMeter()
  try {
    lag.recall(await keptSightings(store, siteId))
  } catch (error) {
    if (!isOfStore(error)) throw error
  }
  return lag.lagMs()
}
