import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { Params } from '../../../src-shared/contract/methods.ts'
import type { RunProgress } from '../../../src-shared/contract/runs/runs.ts'
import { AppError } from '../../../src-shared/errors/app-error.ts'
import {
  transportTo,
  runOf,
  until,
  type TestTransport,
} from '../../../test-support/renderer/runs-page/runs.ts'
import { createHistoryController, type HistoryController, type HistoryState } from './history-controller.ts'

describe('the controller of the history', () => {
  let runs: RunProgress[]
  let asked: Params<'runs.list'>[]
  let failure: AppError | null
  let answer: Promise<void>
  let tested: TestTransport
  let controller: HistoryController
  let close: () => void
  const state = (): HistoryState => controller.store.get()

  beforeEach(async () => {
    runs = Array.from({ length: 70 }, (_, i) => runOf(i + 1))
    asked = []
    failure = null
    answer = Promise.resolve()
    tested = transportTo({
      'runs.list': async (params) => {
        asked.push(params)
        await answer
        if (failure !== null) throw failure
        const { limit, beforeMs = Infinity } = params
        const found = runs.filter(({ startMs }) => startMs < beforeMs)
        return { runs: found.slice(0, limit), more: found.length > limit }
      },
      'runs.get': async ({ runId }) => {
        const run = runs.find((each) => each.runId === runId)
        if (run === undefined) throw new AppError('not-found', 'There is no such run.')
        return run
      },
    })
    controller = createHistoryController(tested.transport)
    close = controller.open()
    await vi.waitUntil(() => state().runs !== null, { interval: 1 })
    return () => close()
  })

  test('reads 30, and 30 older ones each time that they are asked for', async () => {
    expect(state().runs).toHaveLength(30)
    controller.older()
    controller.older()
    await until(() => expect(state().runs).toHaveLength(60))
    expect(asked).toEqual([{ limit: 30 }, { limit: 30, beforeMs: runs[29]?.startMs }])
    controller.older()
    await until(() => expect(state().runs).toHaveLength(70))
    expect(state()).toMatchObject({ more: false, asking: false })
    controller.older()
    expect(asked).toHaveLength(3)
  })

  test('a run that begins stands first, and one that goes on changes', async () => {
    tested.hub.publish('run.changed', runOf(0, { state: 'running', created: 1 }))
    expect(state().runs?.[0]).toMatchObject({ runId: 'run-0', created: 1 })
    tested.hub.publish('run.changed', runOf(0, { state: 'running', created: 2 }))
    expect(state().runs?.[0]).toMatchObject({ runId: 'run-0', created: 2 })
    expect(state().runs).toHaveLength(31)
  })

  test('an event that comes while the list is read is newer than the list', async () => {
    const late = Promise.withResolvers<void>()
    answer = late.promise
    controller.retry()
    await until(() => expect(asked).toHaveLength(2))
    tested.hub.publish('run.changed', runOf(1, { created: 55 }))
    runs = [runOf(0), ...runs]
    late.resolve()
    await until(() => expect(state().runs?.[0]?.runId).toBe('run-0'))
    expect(state().runs?.[1]?.created).toBe(55)
  })

  test('a clean-up shows in the list how much is deleted', async () => {
    runs = runs.map((run) => (run.runId === 'run-3' ? { ...run, removed: 41 } : run))
    const cleanUp = { runId: 'run-3', total: 100, deleted: 41, kept: [], failure: null }
    tested.hub.publish('clean-up.changed', { ...cleanUp, state: 'running' })
    await until(() => expect(state().runs?.[2]?.removed).toBe(41))
  })

  test('where the runs cannot be read, those that are known stay, and it is said why', async () => {
    failure = new AppError('store-unavailable', 'The server is away.')
    controller.retry()
    await until(() => expect(state().failure?.what).toBe('The server is away.'))
    expect(state().runs).toHaveLength(30)
    failure = null
    answer = Promise.resolve()
    tested.hub.publish('store.changed', {
      kind: 'postgres',
      label: 'db',
      failure: null,
      canFallBack: false,
      insteadOf: null,
    })
    await until(() => expect(state().failure).toBeNull())
  })

  test('asks anew when the connection is there again, for as many as are listed', async () => {
    controller.older()
    await until(() => expect(state().runs).toHaveLength(60))
    tested.connection.set(() => 'lost')
    runs = [runOf(0), ...runs]
    tested.connection.set(() => 'connected')
    await until(() => expect(state().runs?.[0]?.runId).toBe('run-0'))
    expect(asked.at(-1)).toEqual({ limit: 60 })
    expect(state().runs?.at(-1)?.runId).toBe('run-60')
  })

  test('hears nothing while it is closed; opened again, it is up to date once it has read', async () => {
    expect(state().upToDate).toBe(true)
    close()
    expect(state().upToDate).toBe(false)
    runs = [runOf(0), ...runs]
    tested.hub.publish('run.changed', runOf(0))
    expect(state().runs?.[0]?.runId).toBe('run-1')
    close = controller.open()
    expect(state()).toMatchObject({ upToDate: false, runs: [{ runId: 'run-1' }, ...runs.slice(2, 31)] })
    await until(() => expect(state().upToDate).toBe(true))
    expect(state().runs?.[0]?.runId).toBe('run-0')
  })
})
