import type { Handlers } from '../../src-shared/contract/methods.ts'
import type { StoreStatus } from '../../src-shared/contract/models.ts'
import type { Serial } from '../runtime/serial.ts'
import type { Exchanges } from './exchanges.ts'
import { refuseFallback, refuseWayBack, refuseWhileRunning } from './refusals.ts'
import type { SetStore } from './set-store.ts'

export type StoreHandlers = Pick<Handlers, Extract<keyof Handlers, `store.${string}`>>

interface StoreHandlerParts {
  readonly set: SetStore
  readonly exchanges: Exchanges
  readonly status: () => StoreStatus
  readonly inTurn: Serial
}

/** What a person may ask of the store, and say about it. */
export function createStoreHandlers({ set, exchanges, status, inTurn }: StoreHandlerParts): StoreHandlers {
  return {
    async 'store.status'() {
      await set.settled()
      return status()
    },
    'store.useFallback': () =>
      inTurn(async () => {
        await set.settled()
        if (status().insteadOf !== null) return status()
        refuseFallback(status())
        await exchanges.fallBack()
        return status()
      }),
    'store.usePrimary': () =>
      inTurn(async () => {
        const { insteadOf } = status()
        if (insteadOf === null) return status()
        refuseWayBack(insteadOf.label, set.failure())
        refuseWhileRunning(await exchanges.isRunUnderWay())
        await exchanges.goBack()
        return status()
      }),
  }
}
