import { storeWords, type StoreWords } from './store-words.ts'
import { useMachineNow } from './use-machine-now.ts'
import { useDashboard } from './workbench.ts'

const machineZone = Intl.DateTimeFormat().resolvedOptions().timeZone

/** What is to be told of the store, as time goes on; null while all is as it was set. */
export function useStoreWords(): StoreWords | null {
  const status = useDashboard((state) => state.storeStatus)
  const zone = useDashboard((state) => state.session?.zone ?? machineZone)
  const now = useMachineNow()
  return status && storeWords(status, now, zone)
}
