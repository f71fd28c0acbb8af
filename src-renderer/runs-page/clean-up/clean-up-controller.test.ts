import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { Params } from '../../../src-shared/contract/methods.ts'
import type { CleanUp, CleanUpPreview } from '../../../src-shared/contract/runs/clean-up.ts'
import { AppError } from '../../../src-shared/errors/app-error.ts'
import { transportTo, type TestTransport } from '../../../test-support/renderer/runs-page/runs.ts'
import { createCleanUpPanelController, type CleanUpPanelController, type CleanUpState } from './clean-up.ts'

const preview: CleanUpPreview = {
  runId: 'a',
  count: 2,
  keys: ['TPM-1', 'TPM-2'],
  gone: 0,
  kept: [],
  refusal: null,
}
const running: CleanUp = { runId: 'a', state: 'running', total: 2, deleted: 0, kept: [], failure: null }

describe('the controller of clean-ups', () => {
  let current: CleanUp | null
  let begun: Params<'runs.cleanUp'>[]
  let previews: string[]
  let answer: (runId?: string) => Promise<void>
  let tested: TestTransport
  let controller: CleanUpPanelController
  const state = (): CleanUpState => controller.store.get()
  const settled = (): Promise<void> => vi.waitFor(() => expect(state().busy).toBeNull(), { interval: 1 })

  beforeEach(() => {
    current = null
    begun = []
    previews = []
    answer = async () => {}
    tested = transportTo({
      'runs.currentCleanUp': async () => current,
      'runs.cleanUpPreview': async ({ runId }) => {
        previews.push(runId)
        await answer(runId)
        return { ...preview, runId }
      },
      'runs.cleanUp': async (params) => {
        begun.push(params)
        await answer()
        return running
      },
      'runs.stopCleanUp': async () => ({ ...running, state: 'stopped', deleted: 1 }),
    })
    controller = createCleanUpPanelController(tested.transport)
    return controller.open()
  })

  test('deletes nothing before it was looked at', async () => {
    controller.start('site')
    await settled()
    expect(begun).toEqual([])
  })

  test('deletes as many as were looked at, in the site that the person agreed to', async () => {
    controller.look('a')
    await settled()
    expect(state()).toMatchObject({ runId: 'a', preview: { count: 2 } })
    expect(begun).toEqual([])
    controller.start('site')
    await settled()
    expect(begun).toEqual([{ runId: 'a', confirmedSite: 'site', count: 2 }])
    expect(state()).toMatchObject({ runId: null, preview: null, cleanUp: running })
  })

  test('pressed twice, it begins once', async () => {
    controller.look('a')
    controller.look('a')
    await settled()
    controller.start('site')
    controller.start('site')
    await settled()
    expect(previews).toEqual(['a'])
    expect(begun).toHaveLength(1)
  })

  test('an event that came before the answer is newer than it', async () => {
    controller.look('a')
    await settled()
    const late = Promise.withResolvers<void>()
    answer = () => late.promise
    controller.start('site')
    tested.hub.publish('clean-up.changed', { ...running, deleted: 1 })
    late.resolve()
    await settled()
    expect(state().cleanUp?.deleted).toBe(1)
  })

  test('what the core refuses is shown, and what was looked at stays', async () => {
    controller.look('a')
    await settled()
    answer = async () => {
      throw new AppError('busy', 'A run is under way.', { hint: 'Stop it first.' })
    }
    controller.start('site')
    await settled()
    expect(state()).toMatchObject({ failure: { what: 'A run is under way.' }, preview: { count: 2 } })
  })

  test('an answer about a run that is thought of no more is dropped', async () => {
    const late = Promise.withResolvers<void>()
    answer = async (runId) => {
      if (runId === 'a') await late.promise
    }
    const shown = new Set<string>()
    controller.store.subscribe(() => shown.add(`${state().runId} ${state().preview?.runId}`))
    controller.look('a')
    controller.leave()
    expect(state()).toMatchObject({ runId: null, busy: null })
    controller.look('b')
    late.resolve()
    await settled()
    controller.look('b') // answered after the late one
    await settled()
    expect([...shown]).toEqual(['a undefined', 'null undefined', 'b undefined', 'b b'])
  })

  test('a window that comes back shows the clean-up that is under way', async () => {
    current = { ...running, deleted: 1 }
    tested.connection.set(() => 'lost')
    tested.connection.set(() => 'connected')
    await vi.waitFor(() => expect(state().cleanUp).toEqual(current), { interval: 1 })
  })

  test('can be stopped', async () => {
    controller.stop()
    expect(state().busy).toBe('stopping')
    await settled()
    expect(state().cleanUp).toMatchObject({ state: 'stopped', deleted: 1 })
  })
})
