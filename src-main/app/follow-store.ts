import type { EventHub } from '../../src-shared/contract/hub.ts'
import type { Generator } from '../generator/runner.ts'
import type { CountsScope, Store } from '../store/store.ts'
import { isTablesMissing } from '../sync/failure-policy.ts'
import type { createSync } from '../sync/sync.ts'

/** Goes on where the store was away, or its tables were: until the returned function is called. */
export function followStore(parts: {
  readonly store: Store
  readonly siteId: string
  readonly scope: CountsScope
  readonly sync: ReturnType<typeof createSync>
  readonly generator: Generator
  readonly hub: EventHub
  readonly fetchAgain: () => void
}): () => void {
  const { store, siteId, scope, sync, generator, hub, fetchAgain } = parts
  /** Any process may have dropped the tables, or made them anew: the next fetch tells, and is not waited for. */
  const lookAtTables = async (): Promise<void> => {
    const missing = await store.ticketTotal(siteId, scope).then(() => false, isTablesMissing)
    const { failure, by } = sync.status()
    if (by === null && missing !== (failure?.code === 'tables-missing')) fetchAgain()
  }
  let wasUp = true
  const leave = [
    store.onHealth(() => {
      const isBack = !wasUp
      wasUp = store.health().state === 'up'
      // One that is up may tell that it will not be for long.
      if (!wasUp || !isBack) return
      sync.storeBack()
      generator.storeBack()
    }),
    hub.on('counts.changed', ({ reset }) => {
      if (reset) void lookAtTables()
    }),
  ]
  return () => leave.forEach((unsubscribe) => unsubscribe())
}
