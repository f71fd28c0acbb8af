import type { Scope } from '../../../src-shared/contract/schema.ts'

/** A key that signs tokens, or did: its public half alone. */
export interface AccessKey {
  readonly kid: string
  /** Whom its tokens are for. */
  readonly audience: string
  /** RFC 8037: an Ed25519 public key, in Base64url. */
  readonly x: string
  readonly createdMs: number
  /** When another took its place; null: it signs. */
  readonly retiredMs: number | null
}

/** A token as it was signed: by which key, and of what text. */
export interface SignedText {
  readonly kid: string
  readonly sha256: string
}

/** A token or a one-time link that was made, without the token or the code itself. */
export interface TokenRecord {
  /** A token's `jti`. */
  readonly id: string
  /** The key that signed the token; null for a link, which nothing is signed for. */
  readonly kid: string | null
  /** Of the token itself; null for a link. */
  readonly sha256: string | null
  readonly link: {
    /** Of its code. */
    readonly digest: string
    /** Until when it can be opened. */
    readonly untilMs: number
    readonly spentMs: number | null
  } | null
  /** When a program traded the link's code for a token of the same id; null: none did. */
  readonly loginMs: number | null
  /** How it was signed before it was renewed: also taken, until each expires. Its bringer may not have heard of the renewal. */
  readonly former: readonly SignedText[]
  readonly scope: Scope
  readonly name: string
  readonly createdMs: number
  readonly expiresMs: number
  readonly revokedMs: number | null
  /** When it, or what it opened, was last used at any server, to within some minutes; null: never. */
  readonly usedMs: number | null
  /** The workspace that made it, or that revoked it. */
  readonly changedIn: string
}

/** Of what no program has signed in with. */
export const NEVER_USED = { loginMs: null, former: [], usedMs: null } as const

/** A browser that opened a link, by the digest of its cookie. */
export interface SessionRecord {
  readonly id: string
  readonly digest: string
  readonly linkId: string
  readonly scope: Scope
  readonly createdMs: number
  readonly expiresMs: number
}

/** `revision` is another after each change. An empty `audience`: nothing was ever made here. */
export interface AccessState {
  readonly audience: string
  readonly revision: number
}

/** Whom the servers of a store let in. */
export interface StoredAccess extends AccessState {
  readonly keys: readonly AccessKey[]
  readonly tokens: readonly TokenRecord[]
  readonly sessions: readonly SessionRecord[]
}

/** `changedIn`: by which workspace. */
export interface RevokedToken {
  readonly id: string
  readonly nowMs: number
  readonly changedIn: string
}

export interface KeyChange {
  readonly key: AccessKey
  /** The one whose place it takes; empty where there is none. */
  readonly former: string
  readonly revoke: boolean
  readonly nowMs: number
  readonly changedIn: string
}

export interface KeyChanged {
  readonly audience: string
  /** How many tokens and links were revoked. */
  readonly revoked: number
  /** When the last token of keys that sign no more expires; null where none is about. */
  readonly formerUntilMs: number | null
}

/** A token that a program is given for the code of a link, by the digest of that. */
export interface LoginByLink extends SignedText {
  readonly code: string
  readonly name: string
  readonly nowMs: number
  readonly expiresMs: number
}

/** `brought`: the digest of the text that was brought, which stays good. */
export interface RenewedToken extends SignedText {
  readonly id: string
  readonly brought: string
  readonly nowMs: number
  readonly expiresMs: number
}

export interface OpenedLink {
  readonly link: TokenRecord
  readonly ended: readonly SessionRecord[]
}
