import { fromWireError } from '../../src-shared/errors/app-error.ts'
import type { Store } from '../store/store.ts'
import type { SyncJira } from './sync.ts'

/**
 * A Jira that is asked only while its answers can be kept: each call throws the store's failure where that is out of
 * reach, and Jira hears nothing.
 */
export function askWhileStored(jira: SyncJira, store: Pick<Store, 'health'>): SyncJira {
  const whileUp =
    <A extends unknown[], R>(ask: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      const health = store.health()
      if (health.state === 'down') throw fromWireError(health.failure)
      return ask(...args)
    }
  return {
    identity: whileUp((...args) => jira.identity(...args)),
    search: whileUp((...args) => jira.search(...args)),
    searchIds: whileUp((...args) => jira.searchIds(...args)),
    byIds: whileUp((...args) => jira.byIds(...args)),
    projects: whileUp((...args) => jira.projects(...args)),
    approximateCount: whileUp((...args) => jira.approximateCount(...args)),
  }
}
