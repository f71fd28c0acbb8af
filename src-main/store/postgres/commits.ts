/** Those who want to hear of commits, by site. */
export interface Commits {
  /** Tells those who listen for this site; null: everybody. */
  announce(siteId: string | null): void
  /** See `Store.onCommit`. */
  onCommit(siteId: string, listener: () => void): () => void
}

export function createCommits(): Commits {
  const listeners = new Map<() => void, string>()
  return {
    announce(siteId) {
      for (const [listener, site] of listeners) {
        // On their own turn: a listener that throws must not look like a failure of ours.
        if (siteId === null || site === siteId) queueMicrotask(listener)
      }
    },
    onCommit(siteId, listener) {
      const own = (): void => listener()
      listeners.set(own, siteId)
      return () => void listeners.delete(own)
    },
  }
}
