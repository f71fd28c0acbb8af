import { coalesce } from '../runtime/async.ts'
import { elapsedMs, type Clock } from '../runtime/clock.ts'
import type { SessionRecord } from '../store/access/records.ts'
import { digestOf } from '../tokens/digest.ts'
import type { Tokens } from '../tokens/tokens.ts'
import type { Caller } from './auth.ts'

export interface SessionParts {
  readonly tokens: Pick<Tokens, 'isLive' | 'nameOf' | 'sessionAt' | 'sessions' | 'endSessions'>
  readonly clock: Pick<Clock, 'now' | 'elapsedMs'>
  /** Called with each session that ended, by one server of the store. */
  readonly onEnd: (caller: Caller) => void
}

/** A session as this server knows it. */
interface KnownSession {
  readonly caller: Caller
  /** By `elapsedMs`: a clock that is set back prolongs none. */
  readonly endsMs: number
}

/** Browsers that traded a code, at this server of the store or another. */
export function createSessions({ tokens, clock, onEnd }: SessionParts) {
  const known = new WeakMap<SessionRecord, KnownSession>()
  const digests = new WeakMap<Caller, string>()

  const knownOf = (session: SessionRecord): KnownSession => {
    const there = known.get(session)
    if (there !== undefined) return there
    const { id, digest, scope, linkId, expiresMs } = session
    const name = tokens.nameOf(linkId)
    const caller: Caller = { kind: 'session', id, scope, name, expiresMs, linkId }
    const made = { caller, endsMs: elapsedMs(clock) + expiresMs - clock.now() }
    known.set(session, made)
    digests.set(caller, digest)
    return made
  }
  const isGood = (session: SessionRecord): boolean =>
    session.expiresMs > clock.now() &&
    elapsedMs(clock) < knownOf(session).endsMs &&
    tokens.isLive(session.linkId)
  const liveAt = (digest: string): Caller | null => {
    const session = tokens.sessionAt(digest)
    return session !== null && isGood(session) ? knownOf(session).caller : null
  }
  const ended = (sessions: readonly SessionRecord[]): void => {
    for (const session of sessions) onEnd(knownOf(session).caller)
  }
  return {
    callerOf: (session: SessionRecord): Caller => knownOf(session).caller,
    /** By what the cookie holds; null for one that has ended, or never was. */
    find: (secret: string): Caller | null => liveAt(digestOf(secret)),
    isLive: (caller: Caller): boolean => liveAt(digests.get(caller) ?? '') !== null,
    /** Ends it at every server. Throws `store-unavailable`. */
    end: async (caller: Caller): Promise<void> => ended(await tokens.endSessions([caller.id])),
    /** They were ended otherwise. */
    ended,
    /** Ends those that are not good any more. While the store is away they are nobody's already, and go later. */
    sweep: coalesce(async (): Promise<void> => {
      const over = [...tokens.sessions()].filter((session) => !isGood(session)).map(({ id }) => id)
      if (over.length > 0) ended(await tokens.endSessions(over).catch(() => []))
    }),
  }
}
