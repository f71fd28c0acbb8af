import { watchCommits } from './watch-commits.ts'

/** Those who want to hear of commits, of this connection and of others. */
export interface Commits {
  /** Tells everyone that this connection has committed. */
  announce(): void
  /** See `Store.onCommit`; of every site. */
  onCommit(listener: () => void): () => void
  close(): void
}

/** Other connections' commits are watched for only while somebody listens: a command that writes and ends never does. */
export function createCommits(file: string, dataVersion: () => number): Commits {
  const listeners = new Set<{ readonly hear: () => void }>()
  let stopWatching: (() => void) | null = null
  const announce = (): void => {
    // On their own turn: a listener that throws must not look like a commit that failed.
    for (const { hear } of listeners) queueMicrotask(hear)
  }
  const close = (): void => {
    listeners.clear()
    stopWatching?.()
    stopWatching = null
  }
  return {
    announce,
    onCommit(hear) {
      stopWatching ??= watchCommits(file, dataVersion, announce)
      const listener = { hear }
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
        if (listeners.size === 0) close()
      }
    },
    close,
  }
}
