import type { OutputKind } from '../../../src-shared/contract/alerts/outputs.ts'
import { noSuchOutput, outputChanged, outputNameTaken, tooManyOutputs } from '../errors.ts'
import { notifyIf, rows, sql, type Database, type Statement, type Steps, type Tx } from '../sql.ts'

/** At one site. */
const MAX_OUTPUTS = 20

/** An output as all instances know it: nothing of it is secret. */
export interface StoredOutput {
  readonly id: string
  readonly name: string
  readonly kind: OutputKind
  readonly url: string
  readonly needsSecret: boolean
  readonly allowPrivate: boolean
  readonly revision: string
  readonly createdMs: number
}

/** An output, and how the sending to it goes. Times are of the store's clock. */
export interface OutputState extends StoredOutput {
  readonly waiting: number
  readonly givenUp: number
  /** Of those that wait: failures of the one that failed most often, and whether one is being sent. */
  readonly attempts: number
  readonly isClaimed: boolean
  readonly nextTryMs: number | null
  /** For how long the first of those that wait could have been sent. */
  readonly overdueMs: number
  readonly lastSentMs: number | null
  readonly last: { readonly atMs: number; readonly taken: boolean; readonly answer: string } | null
}

interface OutputRow extends Omit<OutputState, 'needsSecret' | 'allowPrivate' | 'isClaimed' | 'last'> {
  readonly needsSecret: number
  readonly allowPrivate: number
  readonly claimed: number
  readonly lastMs: number | null
  readonly lastTaken: number | null
  readonly lastAnswer: string | null
}

const WAITS = 'due_ms IS NOT NULL AND sent_ms IS NULL'
const OF_ITS = 'outbox.site_id = outputs.site_id AND outbox.output_id = outputs.output_id'

/** What waits is little; of the rest, which is kept for long, each figure is read from an index. */
const ALL = `
  SELECT outputs.output_id AS id, name, kind, url, needs_secret AS "needsSecret", allow_private AS "allowPrivate",
    revision, created_ms AS "createdMs", last_ms AS "lastMs", last_taken AS "lastTaken", last_answer AS "lastAnswer",
    COALESCE(waiting, 0) AS waiting, COALESCE(attempts, 0) AS attempts, COALESCE(claimed, 0) AS claimed,
    COALESCE(tried_ms, due_ms) AS "nextTryMs", COALESCE(NOW_MS - due_ms, 0) AS "overdueMs",
    (SELECT COUNT(*) FROM outbox WHERE ${OF_ITS} AND given_up_ms IS NOT NULL) AS "givenUp",
    (SELECT sent_ms FROM outbox WHERE ${OF_ITS} AND sent_ms IS NOT NULL ORDER BY sent_ms DESC LIMIT 1) AS "lastSentMs"
  FROM outputs LEFT JOIN (
    SELECT output_id, COUNT(*) AS waiting, MAX(attempts) AS attempts, MIN(due_ms) AS due_ms,
      MAX(CASE WHEN claimed_until_ms > NOW_MS THEN 1 ELSE 0 END) AS claimed,
      MIN(CASE WHEN attempts > 0 THEN due_ms END) AS tried_ms
    FROM outbox WHERE site_id = :siteId AND ${WAITS} GROUP BY output_id
  ) AS waits ON waits.output_id = outputs.output_id
  WHERE site_id = :siteId ORDER BY created_ms, name`

const OF_OUTPUT = 'site_id = :siteId AND output_id = :id'
const IS_THERE = `SELECT revision FROM outputs WHERE ${OF_OUTPUT}`
const NAMESAKE = 'SELECT 1 AS one FROM outputs WHERE site_id = :siteId AND name = :name AND output_id <> :id'
/** Once more by who got no answer, too. */
const ADD = `
  INSERT INTO outputs (site_id, output_id, name, kind, url, needs_secret, allow_private, revision, created_ms)
  SELECT :siteId, :id, :name, :kind, :url, CAST(:needsSecret AS BIGINT), CAST(:allowPrivate AS BIGINT), :revision,
    CAST(:createdMs AS BIGINT)
  WHERE (SELECT COUNT(*) FROM outputs WHERE site_id = :siteId) < ${MAX_OUTPUTS}
    AND NOT EXISTS (${NAMESAKE})
  ON CONFLICT (site_id, output_id) DO NOTHING`
const CHANGE = `
  UPDATE outputs SET name = :name, url = :url, needs_secret = :needsSecret, allow_private = :allowPrivate,
    revision = :revision
  WHERE ${OF_OUTPUT} AND revision IN (CAST(:seen AS TEXT), :revision) AND NOT EXISTS (${NAMESAKE})`
/** In the order in which an answer is recorded. What was sent to it stays, under its name; what waits is not sent. */
const REMOVE = [
  `UPDATE outbox SET due_ms = NULL, repeats = 0,
    output_name = (SELECT name FROM outputs WHERE ${OF_OUTPUT}), output_kind = (SELECT kind FROM outputs WHERE ${OF_OUTPUT})
  WHERE ${OF_OUTPUT}`,
  `DELETE FROM outputs WHERE ${OF_OUTPUT} RETURNING 1 AS one`,
] as const
const NOTE_ANSWER = `
  UPDATE outputs SET last_ms = NOW_MS, last_taken = :taken, last_answer = :answer WHERE ${OF_OUTPUT}`

export interface OutputAnswer {
  readonly taken: boolean
  readonly answer: string
}

/** What an output said to the last that it was sent, for the person. */
export function noteAnswer(siteId: string, id: string, { taken, answer }: OutputAnswer): Statement {
  return sql(NOTE_ANSWER, { siteId, id, taken: Number(taken), answer })
}

function paramsOf(siteId: string, output: StoredOutput) {
  const { needsSecret, allowPrivate } = output
  return { siteId, ...output, needsSecret: Number(needsSecret), allowPrivate: Number(allowPrivate) }
}

/** Where alerts are sent. */
export function createOutputs(db: Database) {
  return {
    /** In the order in which they were added. */
    async outputs(siteId: string): Promise<OutputState[]> {
      return (await db.query(sql<OutputRow>(ALL, { siteId }))).map(stateOf)
    },

    /** Throws `usage` where the name is another one's, or there are as many as there may be. */
    addOutput: (siteId: string, output: StoredOutput): Promise<void> =>
      db.write((tx) => add(tx, siteId, output)),

    /** Throws `not-found`, `busy` where `seen` is not its revision, `usage` where the name is another one's. */
    changeOutput: (siteId: string, output: StoredOutput, seen: string): Promise<void> =>
      db.write((tx) => change(tx, siteId, { output, seen })),

    /** What waits for it is not sent. False where there is none. */
    removeOutput: (siteId: string, id: string): Promise<boolean> =>
      db.write(function* (tx) {
        const [, [removed]] = yield* rows(sql(REMOVE[0], { siteId, id }), sql(REMOVE[1], { siteId, id }))
        notifyIf(removed !== undefined, tx, siteId, 'outputs')
        return removed !== undefined
      }),

    /** What a test came to. */
    noteTest: (siteId: string, id: string, came: OutputAnswer): Promise<void> =>
      db.write(function* (tx) {
        yield* rows(noteAnswer(siteId, id, came))
        tx.notify(siteId, 'outputs')
      }),
  }
}

function* add(tx: Tx, siteId: string, output: StoredOutput): Steps<void> {
  const given = paramsOf(siteId, output)
  const [, [there], [namesake]] = yield* rows(sql(ADD, given), sql(IS_THERE, given), sql(NAMESAKE, given))
  if (there === undefined) {
    throw namesake === undefined ? tooManyOutputs(MAX_OUTPUTS) : outputNameTaken(output.name)
  }
  tx.notify(siteId, 'outputs')
}

function* change(
  tx: Tx,
  siteId: string,
  { output, seen }: { readonly output: StoredOutput; readonly seen: string },
): Steps<void> {
  const given = { ...paramsOf(siteId, output), seen }
  const [, [there], [namesake]] = yield* rows(
    sql(CHANGE, given),
    sql<{ revision: string }>(IS_THERE, given),
    sql(NAMESAKE, given),
  )
  if (there === undefined) throw noSuchOutput(output.id)
  if (namesake !== undefined) throw outputNameTaken(output.name)
  if (there.revision !== output.revision) throw outputChanged(output.name)
  tx.notify(siteId, 'outputs')
}

function stateOf({
  needsSecret,
  allowPrivate,
  claimed,
  lastMs,
  lastTaken,
  lastAnswer,
  ...row
}: OutputRow): OutputState {
  return {
    ...row,
    needsSecret: needsSecret === 1,
    allowPrivate: allowPrivate === 1,
    isClaimed: claimed === 1,
    overdueMs: Math.max(0, row.overdueMs),
    last: lastMs === null ? null : { atMs: lastMs, taken: lastTaken === 1, answer: lastAnswer ?? '' },
  }
}
