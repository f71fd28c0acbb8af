import { createHash } from 'node:crypto'
import { elapsedMs, type Clock } from '../../../runtime/clock.ts'
import type { CommitKind } from '../../store.ts'
import type { ServerLink } from './link.ts'

/** What was committed, where; `kinds` is null where it may have been anything. */
export interface CommitNews {
  readonly siteId: string
  readonly kinds: readonly CommitKind[] | null
}

/** Where all instances hear that everything may be different. */
export const CHANNEL_OF_ALL = 'jira_tpm'

/** Where those hear of a site's commits that show or fetch it. A channel's name has 63 bytes at most. */
export function channelOf(siteId: string): string {
  return `${CHANNEL_OF_ALL}_${createHash('sha256').update(siteId).digest('hex').slice(0, 32)}`
}

/** What was not told of is looked for so long after the last that was: see `CommitNotice`. */
const LOOK_AGAIN_MS = 2_000

interface CommitParts {
  readonly clock: Clock
  /** Everything may be different. */
  readonly onAll: () => void
}

/** Notifies subscribers of commits, and hears of those of other programs. */
export function createCommits({ clock, onAll }: CommitParts) {
  const listeners = new Set<{ siteId: string; kinds: readonly CommitKind[]; listener: () => void }>()
  const sites = new Map<string, string>()
  const followed = createFollowed(clock)
  let listening: Pick<ServerLink, 'listen'> | null = null

  /** Notifies the subscribers of this; null: all of them, since anything may have been committed. */
  const announce = (news: CommitNews | null): void => {
    for (const { siteId, kinds, listener } of listeners) {
      const isIts = news === null || news.siteId === siteId
      const concerned = isIts && (news?.kinds?.some((kind) => kinds.includes(kind)) ?? true)
      // On their own turn: a listener that throws must not look like a failure of ours.
      if (concerned) queueMicrotask(listener)
    }
  }
  const listenTo = async (siteId: string): Promise<void> => {
    const channel = channelOf(siteId)
    sites.set(channel, siteId)
    try {
      if (listening === null) return
      await listening.listen([channel])
      announce({ siteId, kinds: null }) // what was committed before it listened
    } catch {} // the next link listens to it, and all is announced then
  }
  return {
    announce,
    /** See `Store.onCommit`. */
    onCommit: (siteId: string, kinds: readonly CommitKind[], listener: () => void): (() => void) => {
      const own = { siteId, kinds, listener }
      listeners.add(own)
      if (!sites.has(channelOf(siteId))) void listenTo(siteId)
      return () => void listeners.delete(own)
    },
    /** Listens by this link from now on. Throws as that does. */
    async listenBy(link: Pick<ServerLink, 'listen'> | null): Promise<void> {
      listening = link
      await link?.listen([CHANNEL_OF_ALL, ...sites.keys()])
    },
    heard(channel: string, payload: string): void {
      const siteId = sites.get(channel)
      if (siteId === undefined) {
        announce(null)
        onAll()
        return
      }
      const { kinds, more } = noticeOf(payload)
      if (more) followed.add(siteId)
      announce({ siteId, kinds })
    },
    /** Looks for what was not told of, now and then. */
    lookAgain(): void {
      for (const siteId of followed.due()) announce({ siteId, kinds: null })
    },
  }
}

/** The sites of which somebody said that more may follow. */
function createFollowed(clock: Clock) {
  const followed = new Map<string, { sinceMs: number; lastMs: number }>()
  return {
    add(siteId: string): void {
      const nowMs = elapsedMs(clock)
      followed.set(siteId, { sinceMs: followed.get(siteId)?.sinceMs ?? nowMs, lastMs: nowMs })
    },
    /** Those to look at now. */
    due(): string[] {
      const nowMs = elapsedMs(clock)
      const due = [...followed].filter(([, { sinceMs }]) => nowMs - sinceMs >= LOOK_AGAIN_MS)
      for (const [siteId, { lastMs }] of due) {
        followed.delete(siteId)
        if (nowMs - lastMs < LOOK_AGAIN_MS) followed.set(siteId, { sinceMs: lastMs, lastMs })
      }
      return due.map(([siteId]) => siteId)
    },
  }
}

/** What is told of a site's commits. */
export interface CommitNotice {
  /** Null where they are unknown to us: then it may have been anything. */
  readonly kinds: readonly CommitKind[] | null
  /** The next commits may be told of a moment later, all at once: not at all, where their program dies before. */
  readonly more: boolean
}

/** As `NOTIFY` carries it, which takes 8,000 bytes at most. */
export function payloadOf({ kinds, more }: CommitNotice): string {
  return JSON.stringify({ kinds, more })
}

function noticeOf(payload: string): CommitNotice {
  try {
    const { kinds, more } = JSON.parse(payload) as { kinds?: CommitKind[]; more?: boolean }
    return { kinds: Array.isArray(kinds) ? kinds : null, more: more === true }
  } catch {
    return { kinds: null, more: false }
  }
}
