import { expect, test, vi } from 'vitest'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Handlers } from '../../src-shared/contract/methods.ts'
import { transportTo, until } from '../../test-support/renderer/runs-page/runs.ts'
import { RUNNING, testRun } from '../../test-support/domain/run.ts'
import { createStateStore } from '../state-store.ts'
import { emptyDashboard } from './dashboard-state.ts'
import type { DashboardController } from './dashboard.ts'
import { createOrders } from './orders.ts'

function ordersTo(handlers: Partial<Handlers>) {
  const { transport, hub } = transportTo(handlers)
  const store = createStateStore(emptyDashboard)
  const dashboard = { store, followNow: () => {} } as unknown as DashboardController
  return { orders: createOrders(transport.client, dashboard), store, hub }
}

test('a start that was refused leaves what was asked for as it is, one that has begun does not', async () => {
  let refused = true
  const { orders, store } = ordersTo({
    'runs.start': async () => {
      if (refused) throw new AppError('usage', 'The project TPM has no priority "Hig". Nothing was made.')
      return { ...testRun, ...RUNNING }
    },
  })
  const begun = vi.fn<() => void>()
  orders.startRun({ count: 1 }, begun)
  await until(() => expect(store.get().notice).toMatchObject({ kind: 'failed' }))
  expect(begun).not.toHaveBeenCalled()
  refused = false
  orders.startRun({ count: 1 }, begun)
  await until(() => expect(begun).toHaveBeenCalledOnce())
  expect(store.get()).toMatchObject({ run: { state: 'running' }, notice: null })
})

test('who looks again is shown where that has brought nothing, and else nothing', async () => {
  const { orders, store, hub } = ordersTo({
    'runs.resume': async () => ({ ...testRun, ...RUNNING, unknown: 2 }),
  })
  const { runId } = testRun
  const end = async (unknown: number, how: { error?: string } = {}): Promise<void> => {
    orders.resumeRun({ runId, unknown: 'look' })
    await until(() => expect(store.get().pending).toEqual([]))
    hub.publish('run.changed', { ...testRun, ...RUNNING, unknown })
    hub.publish('run.changed', { ...testRun, runId: 'another', unknown: 5 })
    expect(store.get().notice).toBeNull()
    hub.publish('run.changed', { ...testRun, unknown, ...how })
  }
  await end(2)
  expect(store.get().notice).toEqual({
    kind: 'done',
    message: 'The outcome of 2 tickets is still not known.',
    hint: 'Nothing was sent again.',
  })
  // What Jira answered is why.
  await end(2, { error: 'Jira does not answer. Look at its status.' })
  expect(store.get().notice).toEqual({
    kind: 'failed',
    message: 'The outcome of 2 tickets is still not known.',
    hint: 'Jira does not answer. Look at its status.',
  })
  await end(0)
  expect(store.get().notice).toBeNull()
})
