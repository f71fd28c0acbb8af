import type { Clock } from '../runtime/clock.ts'
import type { Store } from '../store/store.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { coalesce } from '../runtime/async.ts'

/** A file on this machine that is worked with while the store that is set is out of reach. */
export interface FallbackStore {
  readonly store: Store
  /** The machine's epoch ms. */
  readonly sinceMs: number
}

export type FallbackFile = ReturnType<typeof createFallbackFile>

interface FallbackParts {
  /** Gives up where the signal is aborted before it is open. */
  readonly open: (signal: AbortSignal) => Promise<Store>
  readonly clock: Clock
  readonly onChange: () => void
}

export function createFallbackFile({ open, clock, onChange }: FallbackParts) {
  let inUse: FallbackStore | null = null
  const closed = new AbortController()

  const opening = coalesce(async (): Promise<void> => {
    closed.signal.throwIfAborted()
    const store = await open(closed.signal)
    inUse = { store, sinceMs: clock.now() }
    onChange()
  })
  /** It stands in no more; it is closed once `leave` has ended, with which the engine leaves it. Throws as that. */
  const end = async (leave = async (): Promise<void> => {}): Promise<void> => {
    const former = inUse
    if (former === null) return
    inUse = null
    onChange()
    try {
      await leave()
    } finally {
      await former.store.close()
    }
  }
  return {
    /** Null where nothing stands in. */
    now: (): FallbackStore | null => inUse,
    /** Opens it, where it is not open. Throws as `openStore`, and `cancelled` once it was closed; then nothing stands in. */
    async begin(): Promise<void> {
      if (inUse !== null) return
      await opening()
    },
    end,
    /** For good; also one that is just being opened. */
    async close(): Promise<void> {
      closed.abort(closing())
      await opening.current()?.catch(() => {}) // thrown to the caller that opens it
      await end()
    },
  }
}

export function closing(): AppError {
  return new AppError('cancelled', 'Jira TPM is closing.', { consequence: 'The store was not changed.' })
}
