import type { RunRequest } from '../../src-shared/contract/models.ts'
import type { Client } from '../../src-shared/contract/client.ts'
import type { Dashboard } from './dashboard.ts'
import { hourAt } from './hour.ts'
import { createPerform } from './tasks.ts'

/** What a person can have done in the core. Each shows what became of it; none throws. */
export interface Orders {
  readonly fetchNow: () => void
  readonly startRun: (request: RunRequest) => void
  readonly pauseRun: () => void
  readonly resumeRun: () => void
  readonly stopRun: () => void
  readonly auditRun: () => void
  readonly loadSample: () => void
  readonly createTables: () => void
  readonly dropTables: () => void
}

export function createOrders(client: Client, dashboard: Dashboard): Orders {
  const { store } = dashboard
  const perform = createPerform(store)
  const run = (task: 'pause' | 'resume' | 'stop'): void =>
    void perform(
      task,
      () => client.call(`runs.${task}`, {}),
      (progress) => store.set((state) => ({ ...state, run: progress })),
    )

  return {
    fetchNow: () => void perform('fetch', () => client.call('sync.now', {})),
    startRun: (request) =>
      void perform(
        'start',
        () => client.call('runs.start', request),
        (progress) => {
          store.set((state) => ({ ...state, run: progress, audit: null }))
          dashboard.followNow()
        },
      ),
    pauseRun: () => run('pause'),
    resumeRun: () => run('resume'),
    stopRun: () => run('stop'),
    auditRun: () =>
      void perform(
        'audit',
        () => client.call('audit.run', {}),
        (audit) => store.set((state) => ({ ...state, audit })),
      ),
    loadSample: () =>
      void perform(
        'sample',
        () => client.call('data.loadSample', {}),
        ({ loaded, fromMs }) => {
          const zone = store.get().session?.zone
          if (zone !== undefined) dashboard.showHour(hourAt(fromMs, zone))
          return { kind: 'done', message: `${loaded} sample tickets are loaded.`, hint: '' }
        },
      ),
    createTables: () =>
      void perform(
        'create',
        () => client.call('data.createTables', {}),
        () => dashboard.reload(),
      ),
    dropTables: () =>
      void perform(
        'drop',
        () => client.call('data.dropTables', { confirm: true }),
        () => {
          dashboard.reload()
          return { kind: 'done', message: 'The fetched tickets and their counts are dropped.', hint: '' }
        },
      ),
  }
}
