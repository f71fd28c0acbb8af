import type { Clock } from '../runtime/clock.ts'
import type { Store } from '../store/store.ts'
import { closing } from './refusals.ts'

/** A file on this machine that is worked with while the store that is set is out of reach. */
export interface StandIn {
  readonly store: Store
  /** The machine's epoch ms. */
  readonly sinceMs: number
}

export interface StandInFile {
  /** Null where nothing stands in. */
  now(): StandIn | null
  /** Opens it, where it is not open. Throws as `openStore`, and `cancelled` once it was closed; then nothing stands in. */
  begin(): Promise<void>
  /** It stands in no more; it is closed once `leave` has ended, with which the engine leaves it. Throws as that. */
  end(leave?: () => Promise<void>): Promise<void>
  /** For good; also one that is just being opened. */
  close(): Promise<void>
}

interface StandInParts {
  /** Gives up where the signal is aborted before it is open. */
  readonly open: (signal: AbortSignal) => Promise<Store>
  readonly clock: Clock
  readonly onChange: () => void
}

export function createStandInFile({ open, clock, onChange }: StandInParts): StandInFile {
  let standIn: StandIn | null = null
  let opening: Promise<void> | null = null
  const closed = new AbortController()

  const openNow = async (): Promise<void> => {
    closed.signal.throwIfAborted()
    const store = await open(closed.signal)
    standIn = { store, sinceMs: clock.now() }
    onChange()
  }
  const end = async (leave = async (): Promise<void> => {}): Promise<void> => {
    const left = standIn
    if (left === null) return
    standIn = null
    onChange()
    try {
      await leave()
    } finally {
      await left.store.close()
    }
  }
  return {
    now: () => standIn,
    async begin() {
      if (standIn !== null) return
      opening ??= openNow().finally(() => (opening = null))
      await opening
    },
    end,
    async close() {
      closed.abort(closing())
      await opening?.catch(() => {}) // told to whoever opens it
      await end()
    },
  }
}
