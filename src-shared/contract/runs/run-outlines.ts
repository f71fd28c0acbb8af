import { Type, type Static } from 'typebox'
import { INTERVALS } from '../../domain/interval.ts'
import { OneRun, RunRequest, RUN_ID } from './runs.ts'
import { count, HOUR, method, MinuteNumber, model, spanParams, ZoneName } from '../schema.ts'

export const RunOutline = model('RunOutline', 'What a run would be, and what the chart would show of it.', {
  planned: count(),
  charted: count('Of those the ones that the chart counts: watched, and in a project that it shows.'),
  perMinute: Type.Array(count(), { description: 'Tickets in each minute of the run, from its start.' }),
  chartedPerMinute: Type.Array(count(), { description: 'Of those the ones that the chart counts.' }),
})
export type RunOutline = Static<typeof RunOutline>

export const PlannedBucket = model(
  'PlannedBucket',
  'What runs have planned for the bucket that begins at `minute`.',
  {
    minute: MinuteNumber,
    planned: count(),
  },
)

export const runOutlineMethods = {
  'runs.preview': method({
    scope: 'run',
    isCostly: true,
    isLarge: true,
    summary: 'What a run would be',
    description:
      'Plans as `runs.start` does, and makes nothing: with a `seed`, that run is exactly this one. `usage` where the run could not be made, and for more than 10,000 tickets.',
    params: RunRequest,
    result: RunOutline,
    example: { count: 100, minutes: 60, profile: 'spike 30m x5 10m', seed: 7 },
  }),
  'runs.planned': method({
    scope: 'read',
    summary: 'What runs have planned for a span',
    description:
      'Tickets that all runs together have planned for a span by the site’s clock, made or not: only those that the chart counts. The buckets are those of `counts.get`; without any they are not there. What a stopped run had left is not planned any more.',
    params: spanParams({
      bucketMinutes: Type.Optional(Type.Enum([...INTERVALS], { type: 'number' })),
      zone: Type.Optional(ZoneName),
    }),
    result: Type.Array(PlannedBucket),
    example: { ...HOUR, bucketMinutes: 1 },
  }),
  'runs.charted': method({
    scope: 'read',
    summary: 'What the chart shows of a run',
    description:
      'How many of a run’s tickets were planned to be counted, being watched and in a project that is shown, and how many are counted now. `audit.run` says why where the two differ.',
    params: OneRun,
    result: Type.Object({ planned: count(), charted: count() }),
    example: { runId: RUN_ID },
  }),
}
