import { describe, expect, test } from 'vitest'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { createStateStore } from '../state-store.ts'
import { emptyDashboard } from './dashboard-state.ts'
import { createPerform } from './orders.ts'

describe('a task', () => {
  test('is pending until it is answered, and not begun a second time', async () => {
    const store = createStateStore(emptyDashboard)
    const perform = createPerform(store)
    const answer = Promise.withResolvers<void>()
    let begun = 0
    const work = (): Promise<void> => {
      begun += 1
      return answer.promise
    }
    const first = perform('fetch', work)
    await perform('fetch', work)
    expect(store.get().pending).toEqual(['fetch'])
    answer.resolve()
    await first
    expect(store.get().pending).toEqual([])
    expect(begun).toBe(1)
  })

  test('that fails shows what happened and what to do, until the next one', async () => {
    const store = createStateStore(emptyDashboard)
    const perform = createPerform(store)
    await perform('start', () =>
      Promise.reject(new AppError('busy', 'A run is under way.', { hint: 'Stop it first.' })),
    )
    expect(store.get().notice).toEqual({
      kind: 'failed',
      message: 'A run is under way.',
      hint: 'Stop it first.',
    })
    await perform('fetch', () => Promise.resolve())
    expect(store.get().notice).toBeNull()
  })

  test('that succeeds may have something to say', async () => {
    const store = createStateStore(emptyDashboard)
    const notice = { kind: 'done', message: 'Loaded.', hint: '' } as const
    await createPerform(store)('sample', () => Promise.resolve(notice))
    expect(store.get().notice).toEqual(notice)
  })
})
