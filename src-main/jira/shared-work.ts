import { cancelled } from './errors.ts'

/** Work that is done once for all who ask for its result. */
export interface SharedWork<T> {
  /** The result. Rejects with `cancelled` when the signal is aborted first: the work goes on for the others. */
  done(signal: AbortSignal): Promise<T>
  /** It is done anew for the next who asks. */
  forget(): void
  /** Gives up what is under way, for good. */
  stop(): void
}

/** `work` begins with the first who asks, and again after it failed. */
export function createSharedWork<T>(work: (signal: AbortSignal) => Promise<T>): SharedWork<T> {
  const stopping = new AbortController()
  let current: Promise<T> | null = null
  const begin = (): Promise<T> => {
    const begun = work(stopping.signal)
    current = begun
    begun.catch(() => {
      if (current === begun) current = null
    })
    return begun
  }
  return {
    async done(signal) {
      if (signal.aborted || stopping.signal.aborted) throw cancelled('unsent')
      const { promise, reject } = Promise.withResolvers<never>()
      const give = (): void => reject(cancelled('unsent'))
      signal.addEventListener('abort', give, { once: true })
      try {
        return await Promise.race([current ?? begin(), promise])
      } finally {
        signal.removeEventListener('abort', give)
      }
    },
    forget: () => void (current = null),
    stop: () => stopping.abort(),
  }
}
