import { Type, type Static } from 'typebox'
import { Lateness, RunName, RUN_ID } from './runs.ts'
import { AsOf } from '../store.ts'
import { count, EpochMs, HOUR, method, MinuteNumber, model, nullable, params, spanParams } from '../schema.ts'

const auditCounts = {
  planned: count('Slots of runs, by the minute of the plan.'),
  created: count('Slots that made their ticket, by the minute of the plan.'),
  watched: count(
    'Created tickets that the chart should show, by their slot’s priority and project; this and the following by the minute of Jira’s `created`.',
  ),
  others: count('Watched tickets that were made by others: always 0 in the audit of a run.'),
  indexed: count('Watched tickets that Jira’s search returns now.'),
  fetched: count('Those that the store holds.'),
  charted: count('Those that the counts show.'),
}

export const AuditMinute = model('AuditMinute', 'The numbers of an audit for one minute.', {
  minute: MinuteNumber,
  ...auditCounts,
})
export type AuditMinute = Static<typeof AuditMinute>

export const DifferenceKind = Type.Enum(
  [
    'not-yet-made',
    'failed',
    'unknown',
    'skipped',
    'stopped', // not made, because the run was stopped
    'not-indexed', // in Jira, and not in its index yet
    'lowered', // to a priority that is not watched
    'deleted', // or no longer to be seen by this account
    'moved', // to a project that is not watched
    'removed', // by our own clean-up
    'not-fetched',
    'not-charted',
    'left-in-store', // the store counts it, and Jira does not show it
    'foreign', // carries a run's label, and was not made by it
    'twice', // one ticket too many for its slot
  ],
  {
    $id: 'DifferenceKind',
    type: 'string',
    description: 'Why a ticket is not where it should be; see docs/audit.md.',
  },
)
export type DifferenceKind = Static<typeof DifferenceKind>

/** As many differences as an audit lists of what is missing, and of what is too much. */
export const MAX_DIFFERENCES = 10_000

const difference = {
  minute: MinuteNumber,
  kind: DifferenceKind,
  reason: Type.String(),
  why: Type.Optional(Type.String({ description: 'The reason without the kind, where it begins with that.' })),
}

export const AuditResult = model(
  'AuditResult',
  'Plan, ledger, Jira, store and counts compared; see docs/audit.md.',
  {
    run: nullable(Type.String(), 'Null for the audit of a span.'),
    fromMs: EpochMs,
    toMs: EpochMs,
    ...auditCounts,
    minutes: Type.Array(AuditMinute, { description: 'Every minute of the span, empty ones too.' }),
    lateness: nullable(Lateness),
    missing: Type.Array(
      Type.Object({
        key: nullable(Type.String()),
        run: nullable(Type.String()),
        slot: nullable(Type.Integer()),
        ...difference,
      }),
      {
        maxItems: MAX_DIFFERENCES,
        description:
          'Slots and tickets that are not where they should be, each at the first step that went wrong; the first by minute.',
      },
    ),
    moreMissing: count('How many more there are than `missing` lists.'),
    extra: Type.Array(Type.Object({ key: Type.String(), ...difference }), {
      maxItems: MAX_DIFFERENCES,
      description: 'Tickets that should not be there; the first by minute.',
    }),
    moreExtra: count('How many more there are than `extra` lists.'),
    kinds: Type.Array(Type.Object({ kind: DifferenceKind, count: count() }), {
      description: 'How many of each kind are missing or too much, listed or not; the most frequent first.',
    }),
    asOf: Type.Optional(AsOf),
    ok: Type.Boolean({ description: 'Nothing is missing and nothing is too much.' }),
  },
)
export type AuditResult = Static<typeof AuditResult>

export const auditMethods = {
  'audit.run': method({
    scope: 'read',
    isCostly: true,
    summary: 'Audit a run',
    description:
      'Compares a run’s plan, its ledger, Jira (asked anew), the stored tickets and the counts, minute by minute, and names each ticket that is not where it should be. Of the last run where none is named.',
    params: params({ runId: Type.Optional(RunName) }),
    result: AuditResult,
    example: { runId: RUN_ID },
  }),
  'audit.span': method({
    scope: 'read',
    isCostly: true,
    summary: 'Audit a span of time',
    description: 'The same for all tickets that were created in a span, by whatever they were made.',
    params: spanParams({}),
    result: AuditResult,
    example: HOUR,
  }),
}
