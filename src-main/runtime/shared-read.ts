/**
 * One read for all who ask before it begins: what each of them gets was read after it asked. At most one is under way,
 * so that many callers cost a slow source no more than one after the other would.
 */
export function sharedRead<T>(read: () => Promise<T>): () => Promise<T> {
  let next: Promise<T> | null = null
  let last: Promise<unknown> = Promise.resolve()
  return () => {
    if (next !== null) return next
    const begun = last.then(begin)
    async function begin(): Promise<T> {
      // All requests that have arrived in this turn of the event loop are let in.
      await new Promise((resolve) => setImmediate(resolve))
      next = null
      return read()
    }
    next = begun
    last = begun.catch(() => {}) // whoever asked hears of it
    return begun
  }
}
