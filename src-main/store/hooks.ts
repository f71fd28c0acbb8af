import assert from 'node:assert/strict'
import { OF_SCOPE } from './known-spans.ts'
import { rows, sql, type Database, type Statement, type Steps, type Tx } from './sql.ts'
import { inSteps } from './steps.ts'

/** What a webhook says. Times are epoch ms of the site. */
export interface ReceivedHook {
  /** Jira's name for it, the same over repeats. */
  readonly delivery: string
  /** Of its body, which alone is signed: a stranger who repeats it may name it otherwise. */
  readonly digest: string
  readonly issueId: string
  /** The ticket's last change, a deletion later than any that Jira shows of it; and how long after what it tells of this came. */
  readonly updatedMs: number
  readonly lateMs: number
}

export interface UnreadHooks {
  readonly hooks: readonly { readonly place: number; readonly issueId: string }[]
  /** With these read, everything up to here is. */
  readonly place: number
}

/** How webhooks come, as far as it is stored. Times are epoch ms of the site. */
export interface HookBook {
  /** Whether somebody takes them now. */
  readonly isListening: boolean
  readonly sinceMs: number
  /** When one came in time last; 0 before the first. */
  readonly inTimeMs: number
  readonly received: number
  readonly repeats: number
  /** How many wait to be read for this scope. */
  readonly unread: number
  /** Changes that fetches of this scope found and no webhook told since webhooks were well last, and when one was last sure of one. */
  readonly untold: number
  readonly untoldMs: number
  /** Of the newest, in any order. */
  readonly lateMs: readonly number[]
}

/** Jira means to tell of a change within this. */
const IN_TIME_MS = 30_000

/** Of how many their lateness is looked at. */
const NEWEST = 200

/** How many are read at once. */
const MAX_READ = 500

/** An older one says nothing that fetches have not found long since. */
const READ_WITHIN_MS = 3_600_000

/** So long, and so many, are kept to know a repeat by: Jira's come within 75 minutes. */
const KEPT_MS = 86_400_000
const KEPT = 100_000

/** Locks the site's row: places are given in the order of commits, so that no reader passes one that it has not seen. */
const COUNT = `
  INSERT INTO hook_sites (site_id, received, in_time_ms) VALUES (:siteId, :count, :inTimeMs)
  ON CONFLICT (site_id) DO UPDATE SET received = hook_sites.received + excluded.received,
    in_time_ms = CASE WHEN hook_sites.in_time_ms > excluded.in_time_ms
      THEN hook_sites.in_time_ms ELSE excluded.in_time_ms END
  RETURNING place`
const KNOWN = [
  'SELECT delivery AS name FROM hook_inbox WHERE site_id = :siteId AND delivery IN (:deliveries[TEXT])',
  'SELECT digest AS name FROM hook_inbox WHERE site_id = :siteId AND digest IN (:digests[TEXT])',
] as const
const ADD = `
  INSERT INTO hook_inbox (site_id, place, delivery, digest, issue_id, updated_ms, late_ms, received_ms)
  VALUES (:siteId, :place[BIGINT], :delivery[TEXT], :digest[TEXT], :issueId[TEXT], :updatedMs[BIGINT],
    :lateMs[BIGINT], NOW_MS)`
const MOVE = `
  UPDATE hook_sites SET place = place + CAST(:taken AS BIGINT), repeats = repeats + CAST(:repeats AS BIGINT)
  WHERE site_id = :siteId`
const FORGET = [
  `DELETE FROM hook_inbox WHERE site_id = :siteId AND place <= CAST(:place AS BIGINT) - ${KEPT}`,
  `DELETE FROM hook_inbox WHERE site_id = :siteId AND received_ms < NOW_MS - ${KEPT_MS}`,
]

const LISTEN = `
  INSERT INTO hook_sites (site_id, since_ms, until_ms) VALUES (:siteId, :siteMs, NOW_MS + CAST(:ttlMs AS BIGINT))
  ON CONFLICT (site_id) DO UPDATE SET
    since_ms = CASE WHEN hook_sites.until_ms < NOW_MS THEN excluded.since_ms ELSE hook_sites.since_ms END,
    until_ms = excluded.until_ms`

const READ_PLACE = `COALESCE((SELECT place FROM hook_reads WHERE ${OF_SCOPE}), 0)`
const LAST_PLACE = 'COALESCE((SELECT place FROM hook_sites WHERE site_id = :siteId), 0)'
const UNREAD = `
  SELECT place, issue_id AS "issueId" FROM hook_inbox
  WHERE site_id = :siteId AND place > ${READ_PLACE} AND received_ms > NOW_MS - ${READ_WITHIN_MS}
  ORDER BY place LIMIT ${MAX_READ}`
const MARK_READ = `
  INSERT INTO hook_reads (site_id, scope, place) VALUES (:siteId, :scope, :place)
  ON CONFLICT (site_id, scope) DO UPDATE SET place = excluded.place WHERE excluded.place > hook_reads.place
  RETURNING 1 AS one`
const ADD_UNTOLD = `
  INSERT INTO hook_reads (site_id, scope, untold, untold_ms) VALUES (:siteId, :scope, :count, :atMs)
  ON CONFLICT (site_id, scope) DO UPDATE SET
    untold = excluded.untold + CASE WHEN CAST(:isFirst AS BIGINT) = 1 THEN 0 ELSE hook_reads.untold END,
    untold_ms = excluded.untold_ms`

const TOLD = `
  SELECT issue_id AS "issueId", MAX(updated_ms) AS "updatedMs" FROM hook_inbox
  WHERE site_id = :siteId AND issue_id IN (:ids[TEXT]) GROUP BY issue_id`
const toldOf = (siteId: string, ids: readonly string[]) =>
  sql<{ issueId: string; updatedMs: number }>(TOLD, { siteId, ids })
const BOOK = `
  SELECT CASE WHEN until_ms > NOW_MS THEN 1 ELSE 0 END AS listening, since_ms AS "sinceMs", in_time_ms AS "inTimeMs",
    received, repeats, place - ${READ_PLACE} AS unread,
    COALESCE((SELECT untold FROM hook_reads WHERE ${OF_SCOPE}), 0) AS untold,
    COALESCE((SELECT untold_ms FROM hook_reads WHERE ${OF_SCOPE}), 0) AS "untoldMs"
  FROM hook_sites WHERE site_id = :siteId`
const LATENESS = `
  SELECT late_ms AS "lateMs" FROM hook_inbox WHERE site_id = :siteId ORDER BY place DESC LIMIT ${NEWEST}`

type BookRow = Omit<HookBook, 'isListening' | 'lateMs'> & { readonly listening: 0 | 1 }

/** The inbox of Jira's webhooks, and who read how far: see `docs/decisions/0065-webhooks.md`. */
export function createHooks(db: Database) {
  return {
    /** Writes down those that did not come before; at most a few hundred. How many they are. */
    takeHooks: (siteId: string, hooks: readonly ReceivedHook[]): Promise<number> =>
      db.write((tx) => take(tx, siteId, hooks)),

    /** Notes that somebody takes webhooks for a site, for so long from now. `siteMs`: the site's clock. */
    async listenForHooks(siteId: string, given: { ttlMs: number; siteMs: number }): Promise<void> {
      await db.write(() => rows(sql(LISTEN, { siteId, ...given })))
    },

    /** The next ones that a scope has not read, in the order in which they came. */
    unreadHooks: (siteId: string, scope: string): Promise<UnreadHooks> =>
      db.read(function* () {
        const [hooks, [last]] = yield* rows(
          sql<UnreadHooks['hooks'][number]>(UNREAD, { siteId, scope }),
          sql<{ place: number }>(`SELECT ${LAST_PLACE} AS place`, { siteId }),
        )
        const isAll = hooks.length < MAX_READ
        return { hooks, place: (isAll ? last?.place : hooks.at(-1)?.place) ?? 0 }
      }),

    /** A scope has read all up to a place; it never goes back. */
    markHooksRead: (siteId: string, scope: string, place: number): Promise<void> =>
      db.write(function* (tx) {
        const [moved] = yield* rows(sql(MARK_READ, { siteId, scope, place }))
        if (moved.length === 0) tx.discard()
      }),

    /** Of these tickets the last change that a webhook told, site epoch ms, by their ids. */
    async toldChanges(siteId: string, ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
      const told = await inSteps(ids, db.batch.places, (some) => db.query(toldOf(siteId, some)))
      return new Map(told.map(({ issueId, updatedMs }) => [issueId, updatedMs]))
    },

    /**
     * A fetch found so many changes that no webhook told. `isFirst`: they were well before, and what was counted is of another
     * time. `atMs`: the site's clock.
     */
    async addUntold(
      siteId: string,
      scope: string,
      { isFirst, ...given }: { count: number; atMs: number; isFirst: boolean },
    ): Promise<void> {
      await db.write(() => rows(sql(ADD_UNTOLD, { siteId, scope, isFirst: isFirst ? 1 : 0, ...given })))
    },

    /** Null where nobody ever took any. */
    hookBook: (siteId: string, scope: string): Promise<HookBook | null> =>
      db.read(function* () {
        const [[book], lateness] = yield* rows(
          sql<BookRow>(BOOK, { siteId, scope }),
          sql<{ lateMs: number }>(LATENESS, { siteId }),
        )
        if (book === undefined) return null
        const { listening, ...rest } = book
        return { ...rest, isListening: listening === 1, lateMs: lateness.map(({ lateMs }) => lateMs) }
      }),
  }
}

export type HookStore = ReturnType<typeof createHooks>

function* take(tx: Tx, siteId: string, hooks: readonly ReceivedHook[]): Steps<number> {
  const inTime = hooks.filter(({ lateMs }) => lateMs <= IN_TIME_MS)
  const inTimeMs = Math.max(0, ...inTime.map(({ updatedMs, lateMs }) => updatedMs + lateMs))
  const names = {
    siteId,
    deliveries: hooks.map(({ delivery }) => delivery),
    digests: hooks.map(({ digest }) => digest),
  }
  const [[counted], deliveries, digests] = yield* rows(
    sql<{ place: number }>(COUNT, { siteId, count: hooks.length, inTimeMs }),
    sql<{ name: string }>(KNOWN[0], names),
    sql<{ name: string }>(KNOWN[1], names),
  )
  assert(counted !== undefined)
  const known = new Set([...deliveries, ...digests].map(({ name }) => name))
  const fresh = hooks.filter(({ delivery, digest }) => {
    const isKnown = known.has(delivery) || known.has(digest)
    known.add(delivery).add(digest)
    return !isKnown
  })
  const place = counted.place + fresh.length
  const moved = { siteId, taken: fresh.length, repeats: hooks.length - fresh.length }
  const added: Statement = {
    text: ADD,
    params: { siteId },
    rows: fresh.map((hook, n) => ({ ...hook, place: counted.place + n + 1 })),
  }
  tx.send(...(fresh.length > 0 ? [added] : []), sql(MOVE, moved))
  tx.send(...FORGET.map((text) => sql(text, { siteId, place })))
  if (fresh.length > 0) tx.notify(siteId, 'hooks')
  return fresh.length
}
