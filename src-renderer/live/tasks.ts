import { toWireError } from '../../src-shared/errors/app-error.ts'
import type { Store } from '../store.ts'
import type { DashboardState, Notice, Task } from './dashboard-state.ts'

/**
 * Does what a person asked for: marks it as pending, tells `done` of the answer, and shows a failure with what to do
 * next. Asked again before it is answered, it does nothing.
 */
export type Perform = <T>(
  task: Task,
  work: () => Promise<T>,
  done?: (result: T) => Notice | void,
) => Promise<void>

export function createPerform(store: Store<DashboardState>): Perform {
  return async (task, work, done) => {
    if (store.get().pending.includes(task)) return
    store.set((state) => ({ ...state, pending: [...state.pending, task], notice: null }))
    try {
      const result = await work()
      const notice = done?.(result)
      if (notice) store.set((state) => ({ ...state, notice }))
    } catch (error) {
      const { message, hint } = toWireError(error)
      store.set((state) => ({ ...state, notice: { kind: 'failed', message, hint } }))
    } finally {
      store.set((state) => ({ ...state, pending: state.pending.filter((other) => other !== task) }))
    }
  }
}
