import type { AccessBook } from './access-book.ts'
import { newAudience } from './digest.ts'
import { changeKeyFile, readKeyFile, type OwnKey } from './key-file.ts'
import type { SigningKey, SigningKeys } from './signing-keys.ts'

/** Where tokens are made. */
export interface MakingParts {
  readonly book: AccessBook
  readonly signingKeys: SigningKeys
  readonly nowMs: number
  readonly signal: AbortSignal
}

/** The key by which this workspace signs, and whom its tokens are for. */
export interface CurrentKey extends SigningKey {
  readonly audience: string
}

/**
 * The workspace's own. The first call makes it, and so does one whose key the store does not take any more: its public half
 * goes into the store. Throws as the book, the file and the keychain.
 */
export async function currentKey(parts: MakingParts): Promise<CurrentKey> {
  const { book, signingKeys, signal } = parts
  await book.look()
  const found = ownKey(book)
  if (found.current !== null) return found.current
  const made = await signingKeys.make(signal)
  const audience = await book.change((store) => store.addAccessKey(publicHalfOf(made, parts)))
  const winner = await changeKeyFile(book.file, ({ keys }) => {
    const there = keys.find(({ store }) => store === audience)
    if (there !== undefined && there.kid !== found.kid) return { keys: null, result: there.kid }
    return { keys: withKey(keys, audience, made), result: made.kid }
  })
  if (winner === made.kid) {
    if (found.kid !== null) await signingKeys.forget({ kid: found.kid, d: found.d }, signal)
    return { ...made, audience }
  }
  // Another process was first.
  await book.change((store) => store.retireAccessKey(made.kid, parts.nowMs))
  await signingKeys.forget(made, signal)
  return currentKey(parts)
}

/** What a rotation came to. */
export interface Rotation {
  /** Of the key that signs from now on. */
  readonly kid: string
  /** When the last token of former keys expires, epoch ms; null where none is about. */
  readonly formerUntilMs: number | null
  /** How many tokens and links were revoked. */
  readonly revoked: number
}

/**
 * Another key signs for this workspace from now on. Of the former the public half stays until its last token has expired; the
 * private half is deleted at once, since it signs no more. With `revoke` the public halves of all workspaces go too, and
 * with them every token, link and session of the store.
 */
export async function rotateKey(
  parts: MakingParts,
  { revoke }: { readonly revoke: boolean },
): Promise<Rotation> {
  const { book, signingKeys, nowMs, signal } = parts
  await book.look()
  const former = ownKey(book)
  const made = await signingKeys.make(signal)
  const key = publicHalfOf(made, parts)
  const given = { key, former: former.kid ?? '', revoke, nowMs, changedIn: book.workspace }
  const { audience, ...changed } = await book.change((store) => store.replaceAccessKey(given))
  await changeKeyFile(book.file, ({ keys }) => ({ keys: withKey(keys, audience, made), result: null }))
  if (former.kid !== null) await signingKeys.forget({ kid: former.kid, d: former.d }, signal)
  return { kid: made.kid, ...changed }
}

/** What the file has for this store; `current` where that signs. */
function ownKey({ file, now }: AccessBook): {
  readonly kid: string | null
  readonly d: string | null
  readonly current: CurrentKey | null
} {
  const { stored, keys } = now()
  const own = readKeyFile(file).keys.find(({ store }) => store === stored.audience)
  if (own === undefined) return { kid: null, d: null, current: null }
  const { kid, d } = own
  const known = keys.get(kid)
  const current = known?.retiredMs === null ? { kid, d, x: known.x, audience: known.audience } : null
  return { kid, d, current }
}

function withKey(keys: readonly OwnKey[], store: string, { kid, d }: SigningKey): OwnKey[] {
  return [...keys.filter((key) => key.store !== store), { store, kid, d }]
}

function publicHalfOf({ kid, x }: SigningKey, { nowMs }: MakingParts) {
  return { kid, x, audience: newAudience(), createdMs: nowMs, retiredMs: null }
}
