import { durationText } from '../../../src-shared/domain/text/sentences.ts'
import type { PostgresConfig } from '../../config/config.ts'
import { SCHEMA, type SendStatement } from './connection/client.ts'
import { denialReason, serverNames, unreachableReason } from './connection/errors.ts'
import { codeOf, kindOf, UnfitServerError } from './connection/failure.ts'

/** A replica that is further behind is not read. */
const MOST_BEHIND_MS = 60_000
const ANSWER_MS = 3_000

/** How far a server is, and of which database. */
export interface LogPosition {
  readonly system: string
  readonly database: string
  readonly timeline: number
  readonly isStandby: boolean
  /** In bytes of the log: what a primary has written, and what a standby has played back. */
  readonly lsn: number
  /** How many of our migrations it has. */
  readonly migrations: number
  /** Its clock, and the primary's at the last commit that it has played back; epoch ms. */
  readonly nowMs: number
  readonly playedBackMs: number | null
}

/**
 * Any login may ask it. The timeline of a standby is the last that it has made its own, at a checkpoint some minutes after a
 * failover: what it shows of an older one may be none of the primary's.
 */
const POSITION = `
  SELECT (SELECT CAST(system_identifier AS TEXT) FROM pg_control_system()) AS "system",
         CAST(current_database() AS TEXT) AS "database", pg_is_in_recovery() AS "isStandby",
         CASE WHEN pg_is_in_recovery()
              THEN greatest((SELECT timeline_id FROM pg_control_checkpoint()),
                            (SELECT min_recovery_end_timeline FROM pg_control_recovery()))
              ELSE CAST(CAST('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8) AS BIT(32)) AS INTEGER)
         END AS "timeline",
         CAST(pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END,
           '0/0') AS BIGINT) AS "lsn",
         (SELECT CAST(count(*) AS INTEGER) FROM ${SCHEMA}.migrations) AS "migrations",
         CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT) AS "nowMs",
         CAST(extract(epoch FROM pg_last_xact_replay_timestamp()) * 1000 AS BIGINT) AS "playedBackMs"`

/** What is asked of both servers. */
export const positionStatement = { text: POSITION, params: {} }

/** Throws as `StoreClient.send`. */
export async function positionOf(send: SendStatement): Promise<LogPosition> {
  const [position] = (await send(POSITION, undefined, ANSWER_MS)).rows as LogPosition[]
  if (position === undefined) throw new TypeError('SELECT gave no row')
  return position
}

/** How far behind the primary, as it was asked before; 0: not at all. Infinity where that cannot be said. */
export function behindMs(replica: LogPosition, primary: LogPosition): number {
  if (replica.lsn >= primary.lsn) return 0
  return replica.playedBackMs === null ? Infinity : Math.max(1, primary.nowMs - replica.playedBackMs)
}

/** Throws `UnfitServerError` where it is no copy of that primary. */
export function refuseOther(replica: LogPosition, primary: LogPosition): void {
  if (replica.system !== primary.system || replica.database !== primary.database) {
    throw new UnfitServerError(
      'keeps another database than the primary does',
      'Name a standby of the primary in DATABASE_REPLICA_URL.',
    )
  }
  if (!replica.isStandby) {
    throw new UnfitServerError(
      'is a primary, and no replica of one',
      'Name a standby in DATABASE_REPLICA_URL, or leave it out.',
    )
  }
  if (replica.timeline !== primary.timeline) {
    throw new UnfitServerError(
      `has not followed the primary over its last failover (timeline ${replica.timeline}, and that is ${primary.timeline})`,
      'It is read again after its next checkpoint, some minutes after the failover.',
    )
  }
  if (replica.migrations !== primary.migrations) {
    throw new UnfitServerError(
      'does not have the newest tables yet',
      'It is read again as soon as they have arrived there.',
    )
  }
}

/** `12 s behind the primary` */
export function behindText(ms: number): string {
  return ms === Infinity
    ? 'behind the primary, nobody knows how far'
    : `${durationText(ms)} behind the primary`
}

/** Throws `UnfitServerError` where too much would be missing. */
export function refuseLate(ms: number): void {
  if (ms <= MOST_BEHIND_MS) return
  throw new UnfitServerError(
    `is ${behindText(ms)}`,
    'It is read again when it is less than a minute behind. Look at it: pg_stat_replication at the primary, pg_is_wal_replay_paused() there.',
  )
}

/** Why a replica cannot be read, as it continues its name, and what to do. */
export function replicaTrouble(
  error: Error,
  config: PostgresConfig,
): readonly [reason: string, hint: string] {
  if (error instanceof UnfitServerError) return [error.message, error.hint]
  if (/^42(P01|703|883)$/.test(codeOf(error)) || codeOf(error) === '3F000')
    return [
      'does not have the newest tables of Jira TPM',
      'Name a standby of the primary in DATABASE_REPLICA_URL.',
    ]
  switch (kindOf(error)) {
    case 'denied':
      return denialReason(error, serverNames(config))
    case 'unreachable':
      return unreachableReason(error)
    case 'conflict':
      return [
        'gave up the read, since the primary changed what it read',
        'Where that is frequent, raise max_standby_streaming_delay there, or set hot_standby_feedback = on.',
      ]
    default:
      return [`refuses us: ${error.message}`, 'Look at its log.']
  }
}
