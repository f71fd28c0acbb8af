import type { Params, Result } from '../../src-shared/contract/methods.ts'
import type { Config } from '../config/config.ts'
import { createRunViews } from '../generator/run-views.ts'
import { leaseOwner } from '../leases/lease-owner.ts'
import { createSiteTime, type Clock } from '../runtime/clock.ts'
import { knownSite, type KnownSite } from '../sites/known-site.ts'
import { openSqliteStore } from '../store/sqlite/store.ts'
import type { Store } from '../store/store.ts'
import { isOfStore } from '../sync/failure-policy.ts'
import { createIndexLagMeter, keptSightings } from '../sync/index-lag.ts'
import type { ExportRequest } from '../transfer/export-tickets.ts'
import { createReads, sessionOf, type ReadMethod } from './reads.ts'

/** As `Client`, for what a store alone answers. */
export interface ReadClient {
  readonly call: <M extends ReadMethod>(method: M, params: Params<M>) => Promise<Result<M>>
}

/** What reads what is stored. */
export interface Stored {
  readonly client: ReadClient
  /** See `exportTickets` of the transfer. */
  readonly exportTickets: (request: ExportRequest) => Promise<number>
}

/**
 * Opens the file that tickets are kept in, and nothing else: no Jira, no sandbox. Null where the store is no file, or does
 * not know what is watched: then the Jira has to be asked. Throws as `openSqliteStore`.
 */
export async function openStored(
  config: Config,
  clock: Clock,
): Promise<(Stored & { readonly close: () => Promise<void> }) | null> {
  if (config.store.kind !== 'sqlite') return null
  const store = await openSqliteStore({ file: config.store.file, clock })
  try {
    const known = await knownSite(store, config, clock.now())
    if (known === null) {
      await store.close()
      return null
    }
    const client = await readClient(config, { store, clock, known })
    const exported = { store, siteId: known.site.id, projectKey: config.projectKey }
    return {
      client,
      async exportTickets(request) {
        const { exportTickets } = await import('../transfer/export-tickets.ts')
        return exportTickets(request, exported)
      },
      close: () => store.close(),
    }
  } catch (error) {
    await store.close()
    throw error
  }
}

interface ReadingParts {
  readonly store: Store
  readonly clock: Clock
  readonly known: KnownSite
}

async function readClient(config: Config, { store, clock, known }: ReadingParts): Promise<ReadClient> {
  const { clock: siteClock, ...site } = known
  const siteId = site.site.id
  const time = createSiteTime(clock)
  time.set(siteClock)
  const indexLagMs = await keptLagMs(store, siteId)
  const reads = createReads({
    session: sessionOf(config, store, site),
    store,
    time,
    syncStatus: () => ({ lastSuccessMs: null, indexLagMs }),
    // No run is this process's own.
    runs: createRunViews({ store, siteId, siteTime: time, clock, owner: leaseOwner() }, () => null),
  })
  return { call: (method, params) => reads[method](params as never) as Promise<never> }
}

/** Null before a first fetch, and without ticket tables: what is asked then says so. */
async function keptLagMs(store: Store, siteId: string): Promise<number | null> {
  const lag = createIndexLagMeter()
  try {
    lag.recall(await keptSightings(store, siteId))
  } catch (error) {
    if (!isOfStore(error)) throw error
  }
  return lag.lagMs()
}
