import type { Client } from '../../src-shared/contract/client.ts'
import type { StoreStatus } from '../../src-shared/contract/models.ts'
import type { Minute } from '../../src-shared/domain/minute.ts'
import type { Store } from '../store.ts'
import type { DashboardState } from './dashboard-state.ts'

export interface StoreFeed {
  read(): Promise<void>
  take(status: StoreStatus): void
}

interface StoreFeedParts {
  readonly client: Client
  readonly store: Store<DashboardState>
  /** The machine's epoch ms. */
  readonly now: () => number
  /** The minute of the site's clock at an instant of the machine's. */
  readonly siteMinute: (machineMs: number) => Minute
  /** A store that was out of reach can be used again. */
  readonly onUp: () => void
}

/** Keeps whether the store can be used. */
export function createStoreFeed({ client, store, now, siteMinute, onUp }: StoreFeedParts): StoreFeed {
  function take(status: StoreStatus): void {
    const isBack = Boolean(store.get().storeStatus?.failure) && status.failure === null
    const knownMinute = status.failure && siteMinute(status.failure.sinceMs)
    store.set((state) => ({
      ...state,
      storeStatus: status,
      knownMinute,
      ...(isBack && { storeBackMs: now() }),
    }))
    if (isBack) onUp()
  }

  return {
    take,
    async read() {
      const asked = store.get().storeStatus
      // Where even this cannot be asked, the connection is lost and says so.
      const status = await client.call('store.status', {}).catch(() => null)
      // An event that came meanwhile is newer than the answer.
      if (status !== null && store.get().storeStatus === asked) take(status)
    },
  }
}
