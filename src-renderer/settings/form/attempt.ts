import { toWireError } from '../../../src-shared/errors/app-error.ts'
import type { Store } from '../../store.ts'
import type { AnyFormState } from './form-state.ts'

/**
 * Does something with what is filled in, unless something is under way already; where the core refuses, that is the
 * outcome. Never throws. `work` puts what came of it into the store itself.
 */
export async function attempt<S extends AnyFormState>(
  store: Store<S>,
  busy: NonNullable<S['busy']>,
  work: () => Promise<void>,
): Promise<void> {
  if (store.get().busy !== null) return
  store.set((state) => ({ ...state, busy, problems: {}, outcome: null }))
  try {
    await work()
  } catch (error) {
    fail(store, error)
  }
  store.set((state) => ({ ...state, busy: null }))
}

/** What is asked for before it is known what is set is done when that, and with it the form as it is found, is there. */
export function whenKnown<S extends AnyFormState>(
  store: Store<S>,
  known: Promise<void>,
  act: () => Promise<void>,
): void {
  if (store.get().settings === null) void known.then(act)
  else void act()
}

/** Shows an error of the core's as the outcome. */
export function fail<S extends AnyFormState>(store: Store<S>, error: unknown): void {
  const { message, hint } = toWireError(error)
  store.set((state) => ({ ...state, outcome: { tone: 'bad', message, hint } }))
}

/** Marks the fields that cannot be sent as they are; true where there are none. */
export function canSend<S extends AnyFormState>(store: Store<S>, problems: S['problems']): boolean {
  if (Object.keys(problems).length === 0) return true
  if (store.get().busy === null) store.set((state) => ({ ...state, problems }))
  return false
}
