import { coalesce } from '../runtime/async.ts'
import type { AccessStore } from '../store/access/access.ts'
import type { OpenedLink, SessionRecord, TokenRecord } from '../store/access/records.ts'
import { newAudience } from './digest.ts'

/** What a store does not have yet. */
export interface HeldAccess {
  readonly tokens: readonly TokenRecord[]
  readonly sessions: readonly SessionRecord[]
}

export const NOTHING_HELD: HeldAccess = { tokens: [], sessions: [] }

export type NewSession = Omit<SessionRecord, 'linkId' | 'scope'>

/** Links of this process, and the browsers that opened them here, until the store has them. */
export function createHeld(onChange: () => void) {
  let held = NOTHING_HELD
  const put = (changed: HeldAccess): void => {
    held = changed
    onChange()
  }
  const linkAt = (digest: string): TokenRecord | undefined =>
    held.tokens.find(({ link }) => link?.digest === digest)
  /** `read`: reads what was written. */
  const handOver = coalesce(async (store: Pick<AccessStore, 'takeAccess'>, read: () => Promise<void>) => {
    const { tokens, sessions } = held
    await store.takeAccess({ audience: newAudience(), keys: [], tokens, sessions })
    await read()
    held = {
      tokens: held.tokens.filter((record) => !tokens.includes(record)),
      sessions: held.sessions.filter((session) => !sessions.includes(session)),
    }
  })
  return {
    now: (): HeldAccess => held,
    isEmpty: (): boolean => held.tokens.length === 0,
    handOver,
    add: (link: TokenRecord): void => put({ ...held, tokens: [...held.tokens, link] }),
    /** As the store's `openLink`; in memory for a link that is held, else by `inStore`. */
    async open(
      digest: string,
      session: NewSession,
      inStore: () => Promise<OpenedLink | null>,
    ): Promise<OpenedLink | null> {
      // What is being written is not changed meanwhile: it is opened once.
      while (linkAt(digest) !== undefined && handOver.current() !== null)
        await handOver.current()?.catch(() => {})
      const record = linkAt(digest)
      if (record === undefined) return inStore()
      const { link, expiresMs, id: linkId, scope } = record
      const nowMs = session.createdMs
      if (link === null || link.spentMs !== null || link.untilMs <= nowMs) return null
      const spent = { ...record, link: { ...link, spentMs: nowMs } }
      const begun = { ...session, expiresMs: Math.min(session.expiresMs, expiresMs), linkId, scope }
      put({
        tokens: held.tokens.map((one) => (one === record ? spent : one)),
        sessions: [...held.sessions, begun],
      })
      return { link: spent, ended: [] }
    },
  }
}
