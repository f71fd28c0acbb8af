import { useSyncExternalStore } from 'react'

/** A value that changes, with its subscribers. Values are immutable: `set` puts a new one in the old one's place. */
export interface StateStore<T> {
  get(): T
  set(change: (state: T) => T): void
  readonly put: (part: Partial<T>) => void
  /** Calls back at each change until the returned function is called. */
  readonly subscribe: (listener: () => void) => () => void
}

/** When listeners are called after a change: at once, unless what draws says otherwise. */
export type Schedule = (notify: () => void) => void

/**
 * Once a frame, however often the value changed. A hidden page gets no frames: it draws nothing, and everything
 * that it missed in the first frame after it is shown.
 */
export const eachFrame: Schedule = (notify) => void requestAnimationFrame(notify)

export function createStateStore<T>(initial: T, schedule: Schedule = (notify) => notify()): StateStore<T> {
  let state = initial
  let due = false
  const listeners = new Set<() => void>()
  const notify = (): void => {
    due = false
    for (const listener of listeners) listener()
  }
  const set = (change: (state: T) => T): void => {
    const next = change(state)
    if (Object.is(next, state)) return
    state = next
    if (due) return
    due = true
    schedule(notify)
  }
  return {
    get: () => state,
    set,
    put: (part) => set((last) => ({ ...last, ...part })),
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

/** What `select` takes from a store, kept up to date. `select` must give the same object for the same state. */
export function useStore<T, S>(store: Pick<StateStore<T>, 'get' | 'subscribe'>, select: (state: T) => S): S {
  const read = (): S => select(store.get())
  return useSyncExternalStore(store.subscribe, read, read)
}
