import type { CommitKind } from '../../store.ts'

/** What was committed, where. */
export interface CommitNews {
  readonly siteId: string
  readonly kind: CommitKind
}

/** The channel of commits, see `payloadOf`. */
export const CHANNEL = 'jira_tpm'

/** Notifies subscribers of commits. */
export function createCommits() {
  const listeners = new Set<{ siteId: string; kinds: readonly CommitKind[]; listener: () => void }>()
  return {
    /** Notifies the subscribers of this; null: all of them, since anything may have been committed. */
    announce(news: CommitNews | null): void {
      for (const { siteId, kinds, listener } of listeners) {
        const concerned = news === null || (news.siteId === siteId && kinds.includes(news.kind))
        // On their own turn: a listener that throws must not look like a failure of ours.
        if (concerned) queueMicrotask(listener)
      }
    },
    /** See `Store.onCommit`. */
    onCommit: (siteId: string, kinds: readonly CommitKind[], listener: () => void): (() => void) => {
      const own = { siteId, kinds, listener }
      listeners.add(own)
      return () => void listeners.delete(own)
    },
  }
}

/** As `NOTIFY` carries it, which takes 8,000 bytes at most; null: everything may be different. */
export function payloadOf(news: CommitNews | null): string {
  return news === null ? '' : JSON.stringify([news.siteId, news.kind])
}

/** What a payload means; null also where it is unknown to us: then anything may be different. */
export function newsOf(payload: string): CommitNews | null {
  try {
    const [siteId, kind] = JSON.parse(payload) as [string, CommitKind]
    return { siteId, kind }
  } catch {
    return null
  }
}
