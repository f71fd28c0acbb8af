import type { AsOf } from '../../../src-shared/contract/store.ts'
import { AppError } from '../../../src-shared/errors/app-error.ts'
import type { PostgresConfig } from '../../config/config.ts'
import { storeLabel } from '../../config/store-config.ts'
import { coalesce } from '../../runtime/async.ts'
import { elapsedMs, type Clock } from '../../runtime/clock.ts'
import type { Log } from '../../runtime/log.ts'
import type { ReadFreshness, LongReads } from '../long-reads.ts'
import type { Database } from '../sql.ts'
import { createMethods } from '../store.ts'
import { StoreClient, tlsOptions, type ClientWork, type SendStatement } from './connection/client.ts'
import { reading, readTransaction } from './connection/connection.ts'
import type { Login } from './connection/credentials.ts'
import { findingOf, isFault, kindOf, ServerFailure, UnfitServerError } from './connection/failure.ts'
import { createClientPool, lendTo, type PooledClient } from './connection/pool.ts'
import { run, textAndValues } from './database.ts'
import {
  behindMs,
  behindText,
  positionOf,
  positionStatement,
  refuseLate,
  refuseOther,
  replicaTrouble,
  type LogPosition,
} from './replica-position.ts'
import { createServerLedger } from './server-ledger.ts'

/** A replica that cannot be read is left alone for so long, and then looked at while others read the primary. */
const AGAIN_MS = 10_000
/** How long a read waits for what was committed before it to arrive at the replica. */
const PATIENCE_MS: Readonly<Record<ReadFreshness, number>> = { current: 2_000, recent: 100 }
const LOOK_MS = 10
const ANSWER_MS = 3_000
const MAX_CLIENTS = 3

/** It would be read, but not for this: it is well. */
class NotForThis extends UnfitServerError {}

interface ReplicaParts {
  readonly primary: Database
  readonly primaryLabel: string
  /** For a connection that is made now. */
  readonly login: () => Login
  readonly clock: Clock
  readonly log: Pick<Log, 'info' | 'warn'>
}

/** What one answer has found so far. */
interface Answer {
  readonly freshness: ReadFreshness
  /** The primary, as it was before. */
  primary: LogPosition | null
  asOf: AsOf | undefined
  /** The least that the replica must have by now, since it has shown it. */
  lsn: number
  /** Why the rest is read from the primary. */
  notice: string | null
}

/**
 * A standby that long reads go to. How far it is, is told by places in the log: a standby that has played back all that its
 * primary had written when it was asked has everything, however long nothing was written. Whatever is wrong with it, the
 * primary is read in its place.
 */
export function createReplica(config: PostgresConfig, parts: ReplicaParts) {
  const { primary, primaryLabel, clock } = parts
  const closing = new AbortController()
  const pool = createPool(config, parts.login)
  const waiting = { clock, signal: closing.signal }
  const standing = createStanding(config, {
    ...parts,
    ...waiting,
    async look() {
      const asked = await askPrimary(primary)
      await pool.lend((send) => untilThere(send, asked, newAnswer('recent'), waiting))
    },
  })

  /** Null where the primary must be read. Throws what the work itself throws. */
  const byReplica = async <T>(
    answer: Answer,
    work: ClientWork<T>,
  ): Promise<{ readonly result: T } | null> => {
    answer.notice ??= standing.notice()
    if (answer.notice !== null) return null
    const atMs = clock.now()
    // Of a recent answer the first read says of when it is.
    const asked = (answer.freshness === 'recent' ? answer.primary : null) ?? (await askPrimary(primary))
    answer.primary = asked
    try {
      return await pool.lend(async (send) => {
        // Before the transaction: what it sees is no less than this.
        const found = await untilThere(send, asked, answer, waiting)
        const result = await work(send)
        const late = behindMs(found, asked)
        answer.lsn = found.lsn
        answer.asOf ??= { atMs: atMs - late, behindMs: late, server: storeLabel(config), notice: null }
        return { result }
      })
    } catch (error) {
      if (error instanceof AppError || isFault(error) || !(error instanceof Error)) throw error
      answer.notice = standing.leave(error)
      return null
    }
  }
  return {
    reads(freshness: ReadFreshness): LongReads {
      const answer = newAnswer(freshness)
      const database = databaseOf(primary, async (work, instead) => {
        const done = await byReplica(answer, work)
        if (done !== null) return done.result
        const { notice, asOf } = answer
        answer.asOf = { ...(asOf ?? { atMs: clock.now(), behindMs: 0, server: primaryLabel }), notice }
        return instead()
      })
      return { reads: createMethods(database, createServerLedger(database)), asOf: () => answer.asOf }
    },
    /** Reads under way go to the primary. */
    async close(): Promise<void> {
      closing.abort(new ServerFailure('no-answer'))
      await pool.end()
    },
  }
}

/** Throws as the store. */
async function askPrimary(primary: Database): Promise<LogPosition> {
  const [position] = (await primary.query(positionStatement)) as LogPosition[]
  if (position === undefined) throw new TypeError('SELECT gave no row')
  return position
}

/** Reads by one server, and where that cannot be by the other. */
type Read = <T>(work: ClientWork<T>, instead: () => Promise<T>) => Promise<T>

function refuseWrite(): Promise<never> {
  return Promise.reject(new TypeError('A replica takes no writes'))
}

function databaseOf(primary: Database, read: Read): Database {
  return {
    isInline: false,
    batch: primary.batch,
    query: (one) =>
      read(
        (send) => reading(send).query(...textAndValues(one)),
        () => primary.query(one),
      ),
    scan: (one) =>
      read(
        (send) => reading(send).query(...textAndValues(one)),
        () => primary.scan(one),
      ),
    read: (work) =>
      read(
        (send) => readTransaction(send, (tx) => run(tx, work())),
        () => primary.read(work),
      ),
    readLong: (work) =>
      read(
        (send) => readTransaction(send, (tx) => run(tx, work())),
        () => primary.readLong(work),
      ),
    write: refuseWrite,
    writeLease: refuseWrite,
  }
}

interface Waiting {
  readonly clock: Clock
  /** Aborted when it is closed. */
  readonly signal: AbortSignal
}

/** Waits until the replica has what the answer must have, and not too long. Throws `UnfitServerError`, and as `positionOf`. */
async function untilThere(
  send: SendStatement,
  asked: LogPosition,
  { freshness, asOf, lsn }: Answer,
  { clock, signal }: Waiting,
): Promise<LogPosition> {
  const least = freshness === 'recent' && asOf !== undefined ? lsn : Math.max(lsn, asked.lsn)
  for (const sinceMs = elapsedMs(clock); ;) {
    const found = await positionOf(send)
    refuseOther(found, asked)
    if (found.lsn >= least) return found
    if (elapsedMs(clock) - sinceMs < PATIENCE_MS[freshness]) {
      await clock.sleep(LOOK_MS, signal)
      continue
    }
    const late = behindMs(found, asked)
    refuseLate(late)
    if (freshness === 'recent' && found.lsn >= lsn) return found
    throw new NotForThis(
      `is ${behindText(late)}, and nothing may be missing here`,
      'It is read again when it has caught up.',
    )
  }
}

interface StandingParts extends Waiting, Pick<ReplicaParts, 'log'> {
  /** Throws why it cannot be read. */
  readonly look: () => Promise<void>
}

/** Whether a replica is read at all now. One that cannot be is left alone for a while, and then looked at. */
function createStanding(config: PostgresConfig, { clock, signal, log, look }: StandingParts) {
  const replica = storeLabel(config)
  let away: { readonly sinceMs: number; readonly notice: string } | null = null
  /** Says why the primary is read; the next read is the replica's all the same where just this one was not for it. */
  const leave = (error: Error): string => {
    const [reason, hint] = replicaTrouble(error, config)
    const notice = `The replica ${replica} ${reason}, so the primary is read in its place.`
    if (error instanceof NotForThis || kindOf(error) === 'conflict') return notice
    if (away === null) log.warn({ replica, hint }, notice)
    away = { sinceMs: elapsedMs(clock), notice }
    return notice
  }
  const lookAgain = coalesce(async (): Promise<void> => {
    try {
      await look()
      away = null
      log.info({ replica }, 'the replica is read again')
    } catch (error) {
      if (error instanceof Error && !(error instanceof AppError) && !signal.aborted) leave(error)
    }
  })
  return {
    leave,
    /** Why it is not read; null where it is. */
    notice(): string | null {
      if (away !== null && elapsedMs(clock) - away.sinceMs >= AGAIN_MS) void lookAgain()
      return away?.notice ?? null
    },
  }
}

function newAnswer(freshness: ReadFreshness): Answer {
  return { freshness, primary: null, asOf: undefined, lsn: 0, notice: null }
}

function createPool(config: PostgresConfig, login: () => Login) {
  const ssl = tlsOptions(config)
  const clients = new Set<StoreClient>()
  const areAtWork = (): boolean => [...clients].filter(({ isAtWork }) => isAtWork).length === MAX_CLIENTS
  const pool = createClientPool({
    addClient() {
      const client = new StoreClient({ config, login: login(), ssl })
      clients.add(client)
      return client.once('end', () => clients.delete(client))
    },
    max: MAX_CLIENTS,
    waitMs: ANSWER_MS,
  })
  const checkOut = (): Promise<PooledClient> =>
    pool.connect().catch((error: unknown) => {
      if (findingOf(error) !== 'pool-busy') throw error
      throw areAtWork()
        ? new NotForThis('is at work on other reads', 'Ask again in a moment.')
        : new ServerFailure('no-answer', error)
    })
  return {
    lend: async <T>(work: ClientWork<T>): Promise<T> => lendTo(await checkOut(), work),
    async end(): Promise<void> {
      for (const client of clients) if (client.isAtWork) client.cut(new ServerFailure('no-answer'))
      await pool.end()
    },
  }
}
