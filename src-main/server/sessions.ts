import { randomUUID } from 'node:crypto'
import { elapsedMs, type Clock } from '../runtime/clock.ts'
import type { Caller } from './caller.ts'
import type { Scope } from '../../src-shared/contract/schema.ts'
import { digestOf, newSecret } from '../tokens/token-file.ts'

/** What a code may be traded for. */
interface Grant {
  readonly scope: Scope
  /** No session of it lasts longer, epoch ms. */
  readonly untilMs: number
  /** When this link is revoked, the session ends. */
  readonly linkId: string
}

/** How long a browser stays signed in, in ms. */
export const SESSION_MS = 24 * 3_600_000

/** Of more, the oldest ends. */
export const MAX_SESSIONS = 1_000

/** Browsers that traded a code. They end with the server. */
export function createSessions(
  clock: Pick<Clock, 'now' | 'elapsedMs'>,
  isLinkLive: (id: string) => boolean,
  onEnd: (caller: Caller) => void = () => {},
) {
  const callers = new Map<string, Caller>()
  const keys = new Map<string, string>()
  /** By `elapsedMs`: a clock that is set back prolongs none. */
  const ends = new Map<string, number>()

  const end = (id: string): void => {
    const key = keys.get(id) ?? ''
    const caller = callers.get(key)
    callers.delete(key)
    keys.delete(id)
    ends.delete(id)
    if (caller !== undefined) onEnd(caller)
  }
  const isGood = ({ id, expiresMs, linkId }: Caller): boolean =>
    expiresMs > clock.now() &&
    elapsedMs(clock) < (ends.get(id) ?? 0) &&
    (linkId === null || isLinkLive(linkId))
  const live = (key: string | undefined): Caller | null => {
    const caller = key === undefined ? undefined : callers.get(key)
    if (caller === undefined) return null
    if (isGood(caller)) return caller
    end(caller.id)
    return null
  }

  return {
    /** `secret` is what the cookie holds. */
    begin({ scope, untilMs, linkId }: Grant) {
      const oldest = keys.keys().next()
      if (keys.size >= MAX_SESSIONS && oldest.done !== true) end(oldest.value)
      const secret = newSecret()
      const id = `session-${randomUUID()}`
      const nowMs = clock.now()
      const expiresMs = Math.min(nowMs + SESSION_MS, untilMs)
      const caller: Caller = { kind: 'session', id, scope, expiresMs, linkId }
      keys.set(id, digestOf(secret))
      ends.set(id, elapsedMs(clock) + expiresMs - nowMs)
      callers.set(digestOf(secret), caller)
      return { secret, caller }
    },
    /** Null for one that has ended, or never was. */
    find: (secret: string) => live(digestOf(secret)),
    isLive: (id: string) => live(keys.get(id)) !== null,
    end,
    /** Ends those that are not good any more. */
    sweep: () => [...keys.values()].forEach(live),
    endAll: () => [...keys.keys()].forEach(end),
  }
}
