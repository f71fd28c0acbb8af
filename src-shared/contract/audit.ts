import { Type, type Static } from 'typebox'
import { EpochMs, MinuteNumber, Count } from './schema.ts'
import { Lateness } from './runs.ts'

const RunId = Type.Union([Type.String(), Type.Null()])

/** The numbers that an audit compares. Words: see docs/audit.md. */
const auditCounts = {
  /** Slots of runs. */
  planned: Count,
  /** Slots that made their ticket. */
  created: Count,
  /** Created tickets that the chart should show, by their slot's priority and project. */
  watched: Count,
  /** Watched tickets that were made by others: always 0 in the audit of a run. */
  others: Count,
  /** Watched tickets that Jira's search returns now. */
  indexed: Count,
  /** Those that the store holds. */
  fetched: Count,
  /** Those that the counts show. */
  charted: Count,
}

/** `planned` and `created` by the minute of the plan, the others by the minute of Jira's `created`. */
export const AuditMinute = Type.Object({ minute: MinuteNumber, ...auditCounts })
export type AuditMinute = Static<typeof AuditMinute>

/** Why a ticket is not where it should be. */
export const DifferenceKind = Type.Union([
  Type.Literal('not-yet-made'),
  Type.Literal('failed'),
  Type.Literal('unknown'),
  Type.Literal('skipped'),
  Type.Literal('stopped'), // not made, because the run was stopped
  Type.Literal('not-indexed'), // in Jira, and not in its index yet
  Type.Literal('lowered'), // to a priority that is not watched
  Type.Literal('deleted'), // or no longer to be seen by this account
  Type.Literal('moved'), // to a project that is not watched
  Type.Literal('removed'), // by our own clean-up
  Type.Literal('not-fetched'),
  Type.Literal('not-charted'),
  Type.Literal('left-in-store'), // the store counts it, and Jira does not show it
  Type.Literal('foreign'), // carries a run's label, and was not made by it
  Type.Literal('twice'), // one ticket too many for its slot
])
export type DifferenceKind = Static<typeof DifferenceKind>

/** As many differences as an audit lists of what is missing, and of what is too much. */
export const MAX_DIFFERENCES = 10_000

export const AuditResult = Type.Object({
  /** Null for the audit of a span. */
  run: RunId,
  /** `[fromMs, toMs)` in site time, whole minutes. */
  fromMs: EpochMs,
  toMs: EpochMs,
  ...auditCounts,
  /** Every minute of the span, empty ones too. */
  minutes: Type.Array(AuditMinute),
  lateness: Type.Union([Lateness, Type.Null()]),
  /** Slots and tickets that are not where they should be, each at the first step that went wrong; the first by minute. */
  missing: Type.Array(
    Type.Object({
      key: Type.Union([Type.String(), Type.Null()]),
      run: RunId,
      slot: Type.Union([Type.Integer(), Type.Null()]),
      minute: MinuteNumber,
      kind: DifferenceKind,
      reason: Type.String(),
    }),
    { maxItems: MAX_DIFFERENCES },
  ),
  /** How many more there are than `missing` lists. */
  moreMissing: Count,
  /** Tickets that should not be there; the first by minute. */
  extra: Type.Array(
    Type.Object({
      key: Type.String(),
      minute: MinuteNumber,
      kind: DifferenceKind,
      reason: Type.String(),
    }),
    { maxItems: MAX_DIFFERENCES },
  ),
  /** How many more there are than `extra` lists. */
  moreExtra: Count,
  /** How many of each kind are missing or too much, listed or not; the most frequent first. */
  kinds: Type.Array(Type.Object({ kind: DifferenceKind, count: Count })),
  ok: Type.Boolean(),
})
export type AuditResult = Static<typeof AuditResult>
