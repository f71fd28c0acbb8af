import { AppError, toWireError } from '../../src-shared/errors/app-error.ts'
import type { Store } from '../../src-main/store/store.ts'

/** A store that a test can take away, as a server that is out of reach. */
export interface AwayStore {
  store: Store
  /** From now on each call fails at once. */
  goAway(): void
  comeBack(): void
  /** The next `claimSlots` is committed, and its answer is lost. Resolves with that answer. */
  loseNextClaim(): Promise<unknown>
  /** Names of the methods that were called while it was away. */
  readonly calledInVain: readonly string[]
}

const ALWAYS_THERE: ReadonlySet<keyof Store> = new Set([
  'kind',
  'label',
  'close',
  'health',
  'onHealth',
  'onCommit',
])

export function createAwayStore(inner: Store): AwayStore {
  const failure = new AppError(
    'store-unavailable',
    'The server db is out of reach. Nothing is stored meanwhile.',
    {
      hint: 'It is tried again by itself.',
      retryable: true,
    },
  )
  const calledInVain: string[] = []
  const listeners = new Set<() => void>()
  let awaySinceMs: number | null = null
  let losing: PromiseWithResolvers<unknown> | null = null

  const guarded = Object.entries(inner).map(([name, member]: [string, unknown]) => {
    if (typeof member !== 'function' || ALWAYS_THERE.has(name as keyof Store)) return [name, member]
    const call = async (...args: unknown[]): Promise<unknown> => {
      if (awaySinceMs !== null) {
        calledInVain.push(name)
        throw failure
      }
      const result: unknown = await member(...args)
      if (name !== 'claimSlots' || losing === null) return result
      losing.resolve(result)
      losing = null
      throw failure
    }
    return [name, call]
  })
  const tell = (): void => {
    for (const listener of listeners) listener()
  }
  return {
    calledInVain,
    store: {
      ...(Object.fromEntries(guarded) as unknown as Store),
      health: () =>
        awaySinceMs === null
          ? inner.health()
          : { state: 'down', sinceMs: awaySinceMs, failure: toWireError(failure) },
      onHealth(listener) {
        listeners.add(listener)
        return () => void listeners.delete(listener)
      },
    },
    goAway() {
      awaySinceMs = Date.now()
      tell()
    },
    comeBack() {
      awaySinceMs = null
      tell()
    },
    loseNextClaim() {
      losing = Promise.withResolvers()
      return losing.promise
    },
  }
}
