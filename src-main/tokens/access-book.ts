import { createPublicKey, type KeyObject } from 'node:crypto'
import { hostname } from 'node:os'
import path from 'node:path'
import { AppError, type WireError } from '../../src-shared/errors/app-error.ts'
import { coalesce, paced, type Pace } from '../runtime/async.ts'
import type { Log } from '../runtime/log.ts'
import type { AccessStore } from '../store/access/access.ts'
import { NO_SITE } from '../store/access/change.ts'
import type {
  AccessKey,
  AccessState,
  SessionRecord,
  StoredAccess,
  TokenRecord,
} from '../store/access/records.ts'
import type { StoreConnection } from '../store/store.ts'
import { digestOf, newAudience } from './digest.ts'
import { createHeld, NOTHING_HELD, type HeldAccess, type NewSession } from './held.ts'
import { keyFilePath } from './key-file.ts'
import { takeOverFile } from './take-over.ts'

/** A revocation is seen at once; in a file any commit at all asks for a look, which reads one row. */
const PACE: Pace = { burst: 1, everyMs: 100 }

type BookStore = AccessStore & Pick<StoreConnection, 'health' | 'onHealth' | 'onCommit'>

/** The store that is set, as far as it is open. */
export interface AccessSource {
  /** Null while it is not open. */
  readonly store: () => BookStore | null
  /** Why it cannot be used now. */
  readonly failure: () => Pick<WireError, 'what' | 'hint'> | null
  /** Resolves when it is open, or could not be opened. */
  readonly settled: () => Promise<void>
  /** Called when it is another, or its health is. */
  readonly onChange: (listener: () => void) => () => void
}

/** A store that is open and stays. */
export function sourceOf(store: BookStore): AccessSource {
  const failure = (): WireError | null => {
    const health = store.health()
    return health.state === 'down' ? health.failure : null
  }
  return {
    store: () => store,
    failure,
    settled: async () => {},
    onChange: (listener) => store.onHealth(listener),
  }
}

/** Whom the servers of a store let in, as it was last read, and what is still to be written there. Another object after each change. */
export interface Book {
  readonly stored: StoredAccess
  readonly keys: ReadonlyMap<string, VerifyingKey>
  readonly records: ReadonlyMap<string, TokenRecord>
  /** By the digest of their codes. */
  readonly links: ReadonlyMap<string, TokenRecord>
  /** By the digest of their cookies. */
  readonly sessions: ReadonlyMap<string, SessionRecord>
}

export interface VerifyingKey extends AccessKey {
  readonly publicKey: KeyObject
}

const NOBODY: Book = bookOf({ audience: '', revision: 0, keys: [], tokens: [], sessions: [] }, NOTHING_HELD)

interface AccessBookParts {
  readonly source: AccessSource
  readonly dataDir: string
  readonly log: Pick<Log, 'info' | 'error'>
}

export type AccessBook = ReturnType<typeof createAccessBook>

/**
 * Whom the store lets in, held in memory: what any process changes is read within a second, and what this one changes
 * before its call ends. While the store is away it stays as it was; before the first reading only what this process holds
 * itself is in it, and is written when the store comes.
 */
export function createAccessBook({ source, dataDir, log }: AccessBookParts) {
  const closing = new AbortController()
  const workspace = workspaceId(dataDir)
  const file = keyFilePath(dataDir)
  const held = createHeld(() => {
    reading.renew()
    lookSoon()
  })
  const reading = createReading(held.now)
  const follow = createFollowing(() => lookSoon(), closing.signal)
  const open = async (): Promise<BookStore> => {
    const store = await usable(source)
    if (follow.isNew(store)) {
      await takeOverFile(file, store, workspace).catch((err: unknown) => {
        log.error({ err }, 'the tokens of an earlier edition cannot be taken over into the store')
      })
      follow.begin(store)
    }
    if (!held.isEmpty()) await held.handOver(store, () => reading.read(store))
    return store
  }
  const look = coalesce(async (): Promise<void> => reading.read(await open()), 'fresh')
  const lookSoon = paced(
    () => look().catch((err: unknown) => log.info({ err }, 'no look at who may use the server')),
    PACE,
    closing.signal,
  )
  const leave = source.onChange(() => {
    reading.doubt() // what was committed meanwhile may have been missed
    if ((follow.isBegun() || !held.isEmpty()) && source.failure() === null) lookSoon()
  })
  const change = async <T>(work: (store: AccessStore) => Promise<T>): Promise<T> => {
    const result = await work(await open())
    await look()
    return result
  }

  return {
    /** By which this workspace says that it changed something. */
    workspace,
    file,
    now: reading.now,
    /** Called with each book that differs from the one before; returns what unsubscribes. */
    onChange: reading.onChange,
    /** Reads what was changed before this call. Throws `store-unavailable` while the store is away. */
    look: (): Promise<void> => look(),
    /** Does `work` with the store, and reads what came of it. Throws `store-unavailable`, and what `work` throws. */
    change,
    /** A link that is good at once, in this process; the store has it as soon as it can be written. */
    hold: held.add,
    /** As the store's; of a link that is held, in memory. */
    openLink: (digest: string, session: NewSession) =>
      held.open(digest, session, () => change((store) => store.openLink(digest, session))),
    close(): void {
      closing.abort()
      leave()
      follow.end()
    },
  }
}

/** Throws `store-unavailable`. */
async function usable(source: AccessSource): Promise<BookStore> {
  await source.settled()
  const store = source.store()
  if (store === null || store.health().state === 'down') throw away(source.failure())
  return store
}

/** Follows the commits of one store, until another takes its place. */
function createFollowing(onCommit: () => void, signal: AbortSignal) {
  let followed: { readonly store: BookStore; readonly leave: () => void } | null = null
  return {
    isBegun: (): boolean => followed !== null,
    isNew: (store: BookStore): boolean => followed?.store !== store && !signal.aborted,
    begin(store: BookStore): void {
      followed?.leave()
      followed = { store, leave: store.onCommit(NO_SITE, ['access'], onCommit) }
    },
    end: (): void => followed?.leave(),
  }
}

/** The book as it was read last, and with what is held. */
function createReading(held: () => HeldAccess) {
  const listeners = new Set<(book: Book, former: Book) => void>()
  let book = NOBODY
  /** Whose book it is; null before the first reading. */
  let readOf: BookStore | null = null
  let isDoubtful = false
  const put = (stored: StoredAccess): void => {
    const former = book
    book = bookOf(stored, held(), former)
    for (const listener of listeners) listener(book, former)
  }
  return {
    now: (): Book => book,
    /** What is held is other than before. */
    renew: (): void => put(book.stored),
    onChange: (listener: (book: Book, former: Book) => void): (() => void) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    /** The next reading reads all, whatever its number. */
    doubt: (): void => void (isDoubtful = true),
    async read(store: BookStore): Promise<void> {
      if (store === readOf && !isDoubtful && isSame(await store.accessState(), book)) return
      isDoubtful = false
      try {
        const stored = await readBook(store, readOf === null || readOf === store ? null : book)
        readOf = store
        put(stored)
      } catch (error) {
        isDoubtful = true
        throw error
      }
    },
  }
}

function isSame(state: AccessState | null, { stored: { audience, revision } }: Book): boolean {
  return (state?.audience ?? '') === audience && (state?.revision ?? 0) === revision
}

/** A server that goes over to another store takes along whom it lets in, and whom it does not any more. */
async function readBook(store: BookStore, former: Book | null): Promise<StoredAccess> {
  const stored = await store.access()
  if (former === null || former.stored.audience === '' || former.stored.audience === stored.audience)
    return stored
  await store.takeAccess({ ...former.stored, audience: newAudience() }) // by that it is known for another store
  return store.access()
}

/** What did not change stays the same object. */
function bookOf(stored: StoredAccess, held: HeldAccess, former?: Book): Book {
  const keys = stored.keys.flatMap((key) => {
    const known = former?.keys.get(key.kid)
    const publicKey = known?.x === key.x ? known.publicKey : publicHalf(key)
    return publicKey === null ? [] : [[key.kid, { ...key, publicKey }] as const]
  })
  const tokens = [...stored.tokens, ...held.tokens]
  const links = tokens.flatMap((record) => (record.link ? [[record.link.digest, record] as const] : []))
  const sessions = [...stored.sessions, ...held.sessions].map((session) => {
    const known = former?.sessions.get(session.digest)
    return [session.digest, known?.id === session.id ? known : session] as const
  })
  return {
    stored,
    keys: new Map(keys),
    records: new Map(tokens.map((record) => [record.id, record])),
    links: new Map(links),
    sessions: new Map(sessions),
  }
}

/** Null for what is no key: its tokens are nobody's, and others go on. */
function publicHalf({ x }: AccessKey): KeyObject | null {
  try {
    return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
  } catch {
    return null
  }
}

/** The same for all processes of a data folder, and no other's. */
function workspaceId(dataDir: string): string {
  return digestOf(`${hostname()}\n${path.resolve(dataDir)}`).slice(0, 22)
}

function away(failure: ReturnType<AccessSource['failure']>): AppError {
  const why = failure === null ? 'it is not open' : failure.what
  return new AppError('store-unavailable', `The store that says who may come in cannot be read now: ${why}`, {
    consequence: 'Who is known goes on; nobody new is let in, and no token or link was made or ended.',
    hint: `Try it again when the store is back; until then the link that a server prints on a terminal at its start opens that server.${failure === null || failure.hint === '' ? '' : ` ${failure.hint}`}`,
    retryable: true,
  })
}
