import type { CommitKind } from './store.ts'

// What is said once for SQLite and PostgreSQL, in SQL that both take: `:name` is a parameter, `:name[TYPE]` a list of them.
//
// - `column IN (:list[TYPE])` filters; `FROM {:list[TYPE]}` are its items, each as `item`.
// - `FROM {table WHERE column IN (:list[TYPE]) AND …}` are the rows that one seek in an index finds for each item, given
//   once each; `{SELECT … FROM table WHERE …}` is what one gives of them, `AT {table WHERE …}` is true of those rows.
// - `HAS_ONE_OF(column, :list[TEXT])`: one of the texts of a JSON list is among the items.
// - `VALUES (:fixed, :column[TYPE], …)` writes the rows that the statement has, under those names.
// - `LOWERED(column)` has a to z for A to Z, and else what is there; `POSITION_IN(text, part)` is 0 where it is not in it.
// - `STORE_BYTES` is how large the store is; `NOW_MS` is the store's clock, epoch ms; `RUN_IS_THERE` and `ITS_RUN_IS_THERE`: see `createRun`.
//
// CAST(… AS BIGINT) around sums and divisions, aliases in "quotes"; no booleans, no dates, no other colons or brackets.

export type Value = string | number | null

/** One text with its parameters; of those only the ones that it names are sent. `Row` is what one of its rows is known to be. */
export interface Statement<Row = unknown> {
  readonly text: string
  readonly params: object
  /** What `VALUES` writes. */
  readonly rows?: readonly object[]
  /** Locks rows, which in a file are locked already, or says how a server is to plan. */
  readonly serverOnly?: true
  readonly row?: Row
}

export function sql<Row = unknown>(text: string, params: object): Statement<Row> {
  return { text, params }
}

/**
 * Before a statement that groups thousands of rows: a server that takes them for a few sorts them first, in half as much
 * time again.
 */
export const GROUP_BY_HASH: Statement = {
  text: 'SET LOCAL enable_sort = off',
  params: {},
  serverOnly: true,
}

/**
 * The work of one transaction. It yields statements, those of one `yield` sent in one packet, and is given the rows of
 * each; of null, which is not sent, none. A generator, since nothing else may come between two statements on a SQLite
 * connection.
 */
export type Steps<T> = Generator<readonly (Statement | null)[], T, readonly unknown[][]>

type RowsOf<S> = S extends Statement<infer Row> ? Row[] : []

/** The rows of each statement. */
export function* rows<const S extends readonly (Statement | null)[]>(
  ...statements: S
): Steps<{ -readonly [N in keyof S]: RowsOf<S[N]> }> {
  return (yield statements) as { -readonly [N in keyof S]: RowsOf<S[N]> }
}

/** What a transaction that writes may do besides yielding. */
export interface Tx {
  /** Sends statements without waiting for them. One that fails fails the transaction. */
  send(...statements: Statement[]): void
  /** Notifies every instance, once it is committed, of what changed for this site. */
  notify(siteId: string, kind: CommitKind): void
  /** Notifies every instance, once it is committed, that everything may be different, at every site. */
  notifyAll(): void
  /** Rolls back in the end, and returns the result all the same: nothing was news, and nothing waits for the disk. */
  discard(): void
}

/** Notes that the transaction changed something, or that it changed nothing. */
export function notifyIf(changed: boolean, tx: Tx, siteId: string, kind: CommitKind): void {
  if (changed) tx.notify(siteId, kind)
  else tx.discard()
}

/** What an engine offers. Work is run again where another process was in the way. All may throw AppErrors, see `Store`. */
export interface Database {
  /** Whether the event loop waits for all that a statement reads, not only for the rows that it gives. */
  readonly isInline: boolean
  /** How many of what are worked on without letting the event loop go on. */
  readonly batch: {
    /** Rows to be read, as they are or of a few columns. */
    readonly rows: number
    readonly narrowRows: number
    /** Rows to be written, or looked for, each at a place of its own. */
    readonly places: number
  }
  /** The rows of one statement that finds them at once. */
  query<Row>(statement: Statement<Row>): Promise<Row[]>
  /** As `query`, of one that may read thousands of rows from a slow disk. */
  scan<Row>(statement: Statement<Row>): Promise<Row[]>
  /** Reads that all see the same commit. */
  read<T>(work: () => Steps<T>): Promise<T>
  /** As `read`, of what takes long: in a file the event loop goes on between two statements, and writes with it. */
  readLong<T>(work: () => Steps<T>): Promise<T>
  /** Reads and writes, durable when this resolves. What is thrown rolls them back. */
  write<T>(work: (tx: Tx) => Steps<T>): Promise<T>
  /** As `write`, of a lease: it must not wait for a pooler whose connections are all at work. */
  writeLease<T>(work: (tx: Tx) => Steps<T>): Promise<T>
}

type Rules = readonly (readonly [pattern: RegExp, replacement: string])[]

/** A text as an engine takes it, and the names of its parameters in their order. */
export interface WrittenText {
  readonly text: string
  readonly names: readonly string[]
}

/** Writes each text once. `mark`: how an engine writes its n-th parameter. */
export function createWriter(rules: Rules, mark: (place: number) => string): (text: string) => WrittenText {
  const known = new Map<string, WrittenText>()
  return (said) => {
    const there = known.get(said)
    if (there !== undefined) return there
    const names: string[] = []
    const text = rules
      .reduce((written, [pattern, replacement]) => written.replaceAll(pattern, replacement), said)
      .replaceAll(/:(\w+)/g, (_found, name: string) => mark(names.push(name)))
    known.set(said, { text, names })
    return { text, names }
  }
}

/** PostgreSQL takes no NUL, and half a surrogate pair is no character. */
const UNSTORABLE = /[\0\p{Surrogate}]/u
const ALL_UNSTORABLE = new RegExp(UNSTORABLE, 'gu')

/**
 * A thing whose texts both engines can keep: itself where they can, as nearly always. What they cannot becomes U+FFFD, as
 * a text decoder would have it, so that no title keeps its page from being stored, and a page that is read again is found
 * to be the same.
 */
export function storable<T extends object>(thing: T): T {
  const texts = Object.entries(thing).filter(
    ([, value]) => typeof value === 'string' && UNSTORABLE.test(value),
  )
  if (texts.length === 0) return thing
  const stored = texts.map(([name, text]) => [name, storableText(String(text))])
  return { ...thing, ...Object.fromEntries(stored) }
}

/** One text as both engines can keep it. */
export function storableText(text: string): string {
  return UNSTORABLE.test(text) ? text.replace(ALL_UNSTORABLE, '\u{FFFD}') : text
}
