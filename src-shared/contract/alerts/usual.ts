import { Type, type Static } from 'typebox'
import {
  choice,
  count,
  described,
  HOUR,
  method,
  MinuteNumber,
  model,
  nullable,
  ONE_LINE,
  params,
  spanParams,
  ZoneName,
} from '../schema.ts'
import { INTERVALS } from '../../domain/interval.ts'
import { HOURS_PER_WEEK } from '../../domain/usual/zone-hours.ts'

const Named = Type.Optional(Type.String({ minLength: 1, maxLength: 255, pattern: `^${ONE_LINE}*$` }))

/** At most one of both. */
const ofScope = { project: Named, priority: Named }

export const UsualLearning = model(
  'UsualLearning',
  'Too little is known to say what is usual: so many days, and so many tickets in them, that a run did not make.',
  {
    days: Type.Number({ minimum: 0 }),
    tickets: count(),
    neededDays: Type.Integer({ minimum: 1 }),
    neededTickets: Type.Integer({ minimum: 1 }),
    daysLeft: nullable(
      Type.Number({ minimum: 0 }),
      'How long it takes, if tickets go on to come as they did. Null where none came.',
    ),
  },
)
export type UsualLearning = Static<typeof UsualLearning>

const VERDICTS = ['learning', 'usual', 'unusual', 'high', 'unknown'] as const

export const UsualVerdict = model(
  'UsualVerdict',
  'What is said of the newest minutes: of the last 5, 15 and 60 of them the stretch that chance explains least; of the last 5 where nothing is unusual.',
  {
    state: choice(
      [...VERDICTS],
      '`unusual`: chance alone has as many once in a thousand such stretches. `high`: what an alarm about once a month would say. `unknown`: the newest minutes were not fetched; `learning`: too little is known of what is usual. Neither of the two says that all is well.',
    ),
    endMinute: described(
      'The minute after the one under way, which is the last that is counted.',
      MinuteNumber,
    ),
    minutes: count('How long the stretch is.'),
    tickets: count('Its tickets, as far as they are known: all that are charted.'),
    low: nullable(
      count(),
      'Nine in ten such stretches have from `low` to `high` tickets. Null as the ones below, while that is not known.',
    ),
    high: nullable(count()),
    mean: nullable(Type.Number()),
    chance: nullable(Type.Number(), 'The probability that chance alone has as many.'),
    onceInDays: nullable(Type.Number(), 'Chance alone does this about once in so many days.'),
    onsetMinute: nullable(MinuteNumber, 'Where it began; null where nothing is unusual.'),
    smallestStorm: nullable(
      Type.Number(),
      'By what factor tickets must multiply from now on to be seen within a quarter of an hour.',
    ),
    rehearsed: count('Tickets of the last hour that runs made.'),
    stateWithoutRuns: choice([...VERDICTS], 'The state without them: what rules go by.'),
  },
)
export type UsualVerdict = Static<typeof UsualVerdict>

const ofNow = {
  siteId: Type.String(),
  zone: Type.String({ description: 'IANA name of the zone whose hours and weekdays are compared.' }),
  learnedToMinute: described(
    'What came before it was learned from. It is another one each hour.',
    MinuteNumber,
  ),
  learning: nullable(UsualLearning, 'Null once it is known what is usual.'),
}

export const UsualNow = model(
  'UsualNow',
  'How the newest minutes of all that is watched compare with what is usual.',
  {
    ...ofNow,
    verdict: UsualVerdict,
  },
)
export type UsualNow = Static<typeof UsualNow>

const perBucket = (description: string) => Type.Array(Type.Number(), { description })

export const UsualResult = model(
  'UsualResult',
  'What is usual in each bucket of a span, and the verdict of now.',
  {
    ...ofNow,
    fromMinute: MinuteNumber,
    toMinute: MinuteNumber,
    bucketMinutes: Type.Integer({ minimum: 1 }),
    startMinutes: Type.Optional(Type.Array(MinuteNumber)),
    low: perBucket(
      'Nine in ten such buckets have from `low` to `high` tickets; by bucket, as the counts. Empty while learning.',
    ),
    high: perBucket('The upper end.'),
    mean: perBucket('The usual number.'),
    unusualFrom: perBucket(
      'From so many tickets on chance alone has as many once in a thousand such buckets.',
    ),
    verdict: UsualVerdict,
  },
)
export type UsualResult = Static<typeof UsualResult>

export const UsualHeat = model('UsualHeat', 'What was learned of each hour of the week.', {
  ...ofNow,
  phi: Type.Number({ description: 'Variance ÷ mean of five minutes, 1 at least: tickets come in clumps.' }),
  kappas: Type.Array(Type.Object({ minutes: Type.Integer({ minimum: 1 }), kappa: Type.Number() }), {
    description:
      'Of windows that long, the variance that grows with the square of the mean: days differ. As in docs/alerts.md.',
  }),
  hours: Type.Array(
    Type.Object({
      perHour: Type.Number({
        description: 'Tickets that are usual in this hour, drawn towards like days where little is known.',
      }),
      tickets: count('Tickets that were learned from.'),
      weeks: Type.Number({ description: 'Hours that were known, with fractions: about one a week.' }),
      believed: Type.Boolean({ description: 'Whether there is enough to go by.' }),
    }),
    {
      minItems: HOURS_PER_WEEK,
      maxItems: HOURS_PER_WEEK,
      description: 'From Monday’s first hour to Sunday’s last, by the clock of `zone`.',
    },
  ),
})
export type UsualHeat = Static<typeof UsualHeat>

export const usualMethods = {
  'usual.get': method({
    scope: 'read',
    summary: 'What is usual, and whether now is',
    description:
      'What is usual in each bucket of a span, learned from the eight weeks before now (of a span that is older, from those before its end), and the verdict of the newest minutes. Spans and buckets as of `counts.get`. What runs made, imported days and what was marked as an incident are not learned from. With a `project` (its key) or a `priority` (its id) it is of those tickets alone: at most one of both, else `usage`; `not-found` where it is not watched.',
    params: spanParams({
      bucketMinutes: Type.Optional(Type.Enum([...INTERVALS], { type: 'number' })),
      zone: Type.Optional(ZoneName),
      ...ofScope,
    }),
    result: UsualResult,
    example: { ...HOUR, bucketMinutes: 1 },
  }),
  'usual.heat': method({
    scope: 'read',
    summary: 'What was learned of each hour of the week',
    description:
      'The usual number of tickets of each hour of the week, and from how much it was learned. `project` and `priority` as of `usual.get`.',
    params: params(ofScope),
    result: UsualHeat,
    example: {},
  }),
}
