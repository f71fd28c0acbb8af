import { Type, type Static } from 'typebox'
import { RUN_TRAITS, RunMix } from './run-traits.ts'
import {
  choice,
  count,
  described,
  EpochMs,
  method,
  MinuteNumber,
  model,
  Nothing,
  nullable,
  ONE_LINE,
  params,
  record,
  strictModel,
} from '../schema.ts'

/** Of the examples. */
export const RUN_ID = 'abcd2345'

export const RunName = Type.String({
  $id: 'RunName',
  description: 'The name of a run.',
  maxLength: 64,
  pattern: `^${ONE_LINE}*$`,
})

function weights(description: string) {
  const weight = Type.Number({ minimum: 0, maximum: 1e6 })
  return Type.Optional(record(`^${ONE_LINE}{1,255}$`, weight, { description, maxProperties: 200 }))
}

/** As many arrivals as a replay may have. */
export const MAX_REPLAY = 20_000

const fileName = Type.String({ maxLength: 255, pattern: `^${ONE_LINE}*$`, description: 'The file’s name.' })

export const Replay = strictModel('Replay', 'Arrivals of real tickets, to be replayed.', {
  name: fileName,
  offsetsMs: Type.Array(EpochMs, {
    minItems: 1,
    maxItems: MAX_REPLAY,
    description: 'Milliseconds after the first one, in order.',
  }),
  priorities: Type.Array(Type.String({ maxLength: 255 }), { maxItems: 100, description: 'By name.' }),
  priorityOf: Type.Array(Type.Integer({ minimum: -1, maximum: 99 }), {
    minItems: 1,
    maxItems: MAX_REPLAY,
    description: 'The place of each arrival’s priority in `priorities`; -1 where it is not known.',
  }),
})
export type Replay = Static<typeof Replay>

export const RunRequest = strictModel(
  'RunRequest',
  'What to generate. Absent fields have usual values: 100 tickets in 60 minutes.',
  {
    count: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
    minutes: Type.Optional(Type.Number({ minimum: 0.1, maximum: 1_440 })),
    seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 4_294_967_295 })),
    profile: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 500,
        description:
          'How the arrivals are spread: `steady`, `spike 30m x5 10m`, `30m@50,10m@200`; see docs/profiles.md.',
      }),
    ),
    replay: Type.Optional(
      described(
        'The arrivals of real tickets, scaled to `count` and `minutes`; in place of a profile.',
        Replay,
      ),
    ),
    compress: Type.Optional(
      Type.Number({
        minimum: 1,
        maximum: 3_600,
        description: 'How many times faster than the wall clock; sandbox only.',
      }),
    ),
    projectKey: Type.Optional(
      Type.String({ minLength: 1, maxLength: 32, description: 'The one project that gets the tickets.' }),
    ),
    projects: weights('Several projects, each with its relative weight, by key; in place of `projectKey`.'),
    confirmedSite: Type.Optional(
      Type.String({
        maxLength: 512,
        description:
          'The id of the site in which a person agreed to make the tickets. A real Jira demands it.',
      }),
    ),
    weights: weights('Relative weight of each priority, by name.'),
    mix: Type.Optional(RunMix),
    drill: Type.Optional(
      described(
        'The run rehearses an alarm: its tickets count for the rules, and one has to ring so soon after its storm began.',
        params({ withinMinutes: Type.Number({ minimum: 0.1, maximum: 1_440 }) }),
      ),
    ),
    types: weights(
      'Relative weight of each issue type, by name; where absent, all tickets get the project’s usual one.',
    ),
  },
)
export type RunRequest = Static<typeof RunRequest>

export const ResumeRequest = strictModel('ResumeRequest', 'How a run that stands still goes on.', {
  runId: Type.Optional(described('The last run where absent.', RunName)),
  missed: Type.Optional(
    choice(
      ['shift', 'catch-up', 'skip'],
      '`shift` (where absent): all slots move by the time that the run stood still, so that their spacing is kept. `catch-up`: missed ones are sent now, at a bounded pace; the others keep their times. `skip`: missed ones are not made.',
    ),
  ),
  unknown: Type.Optional(
    choice(
      ['look', 'send', 'drop'],
      'Slots of which nobody knows whether they made their ticket: `look` (where absent) for them once more, `send` those that Jira does not show again, `drop` them as not made. With one of the three, a run that is done may be named, too.',
    ),
  ),
})
export type ResumeRequest = Static<typeof ResumeRequest>

export const Lateness = model(
  'Lateness',
  'Real milliseconds between the planned and the actual send of a run’s slots.',
  { p50Ms: Type.Number(), p95Ms: Type.Number(), maxMs: Type.Number() },
)
export type Lateness = Static<typeof Lateness>

/** Why a run is paused: a code, and what a sentence about it needs. */
export const PauseReason = Type.Union(
  [
    Type.Object({
      code: choice(
        ['requested', 'closing', 'shared-slots'],
        '`requested`: by a person. `closing`: its program was closed. `shared-slots`: another program has some of its slots in hand.',
      ),
    }),
    Type.Object({
      code: choice(['slept'], 'The machine slept, or the program was held up: `missed` says how it goes on.'),
      fromMs: described('By the machine’s clock.', EpochMs),
      toMs: EpochMs,
    }),
    Type.Object({
      code: choice(
        ['failed', 'store-away'],
        '`failed`: something went wrong. `store-away`: nothing but its store hinders it; it goes on by itself when that is back.',
      ),
      error: Type.String({ description: 'As a person reads it.' }),
    }),
  ],
  { $id: 'PauseReason', description: 'Why a run is paused.' },
)
export type PauseReason = Static<typeof PauseReason>

const RUN_FACTS = {
  runId: Type.String(),
  ...RUN_TRAITS,
  projectKey: Type.String({ description: 'The keys of its projects, joined by `, `.' }),
  planned: count(),
  created: count(),
  failed: count(),
  unknown: count(
    'Slots of which nobody knows whether they made their ticket. They are never sent again unasked.',
  ),
  skipped: count('Not made because their time had passed and the person chose so.'),
  missed: count('Of a run that stands still: slots whose time has passed.'),
  removed: count('Tickets that a clean-up has deleted.'),
  startMs: described('Of the plan, in the site’s time.', EpochMs),
  endMs: EpochMs,
  lateness: nullable(Lateness, 'Null before its first ticket.'),
  shiftedMs: Type.Optional(count('By how much pauses have moved its end; absent where they have not.')),
}

const RunningRun = Type.Object({
  state: choice(['running']),
  by: nullable(Type.String(), 'The machine whose program works on it; null where this one does.'),
  ...RUN_FACTS,
})
const PausedRun = Type.Object({ state: choice(['paused']), cause: PauseReason, ...RUN_FACTS })
const DoneRun = Type.Object({
  state: choice(['done'], 'Every slot has an outcome.'),
  error: Type.Optional(
    Type.String({ description: 'Why its unknown slots could not be looked for just now.' }),
  ),
  ...RUN_FACTS,
})
const LeftRun = Type.Object({
  state: choice(
    ['stopped', 'broken'],
    '`stopped`: by a person, before its end. `broken`: its process died; it can be resumed.',
  ),
  ...RUN_FACTS,
})

/** How far a run is, and where it stands. */
export const RunProgress = Type.Union([RunningRun, PausedRun, DoneRun, LeftRun], {
  $id: 'RunProgress',
  description: 'How far a run is, and where it stands.',
})
export type RunProgress = Static<typeof RunProgress>

export const RunMinute = model('RunMinute', 'A run’s slots by the minute that they were planned for.', {
  minute: MinuteNumber,
  planned: count(),
  created: count(),
  notMade: count('Failed, unknown and skipped slots.'),
})
export type RunMinute = Static<typeof RunMinute>

export const OneRun = params({ runId: RunName })

/** A run, or the one under way, else the last, where none is named. */
const SomeRun = params({ runId: Type.Optional(RunName) })

export const runMethods = {
  'runs.start': method({
    scope: 'run',
    isCostly: true,
    isLarge: true,
    summary: 'Start a run of tickets',
    description:
      'Plans `count` tickets over `minutes` minutes and begins to make them in Jira, each at its time. Answers when the run is under way; the event `run.changed` reports its progress. A real Jira demands `confirmedSite`, the id of the site (`session.get`) in which a person agreed to it: else `not-confirmed`. `busy` where a run is under way.',
    params: RunRequest,
    result: RunProgress,
    example: { count: 100, minutes: 60, profile: 'spike 30m x5 10m', seed: 7 },
  }),
  'runs.pause': method({
    scope: 'run',
    summary: 'Pause the run under way',
    description:
      'Sends no further slot, whichever process works on the run, and answers when what was sent has its outcome. `not-found` where no run is under way, or the one that is named has ended.',
    params: SomeRun,
    result: RunProgress,
    example: { runId: RUN_ID },
  }),
  'runs.resume': method({
    scope: 'run',
    summary: 'Go on with a run',
    description:
      'Goes on with a run that is paused, or whose process died; with the last one where none is named. `missed` and `unknown` say what becomes of slots whose time has passed, and of those of which nobody knows whether they made their ticket.',
    params: ResumeRequest,
    result: RunProgress,
    example: { missed: 'shift' },
  }),
  'runs.stop': method({
    scope: 'run',
    summary: 'End a run for good',
    description:
      'As `runs.pause`, but it cannot be resumed. A paused or broken run can be stopped, too: the last one where none is named.',
    params: SomeRun,
    result: RunProgress,
    example: { runId: RUN_ID },
  }),
  'runs.current': method({
    scope: 'read',
    summary: 'The run under way',
    description: 'The run under way, else the last one; null before the first.',
    params: Nothing,
    result: nullable(RunProgress),
  }),
  'runs.get': method({
    scope: 'read',
    summary: 'A run',
    description: 'How far a run is. `not-found` where there is none of that name.',
    params: OneRun,
    result: RunProgress,
    example: { runId: RUN_ID },
  }),
  'runs.list': method({
    scope: 'read',
    summary: 'Runs, newest first',
    description:
      'At most `limit` runs, of those begun before `beforeMs` where that is given: the time of the oldest one seen gives the next page.',
    params: params({
      limit: Type.Integer({ minimum: 1, maximum: 100 }),
      beforeMs: Type.Optional(EpochMs),
    }),
    result: Type.Object({ runs: Type.Array(RunProgress), more: Type.Boolean() }),
    example: { limit: 20 },
  }),
  'runs.minutes': method({
    scope: 'read',
    summary: 'A run, minute by minute',
    description:
      'What was planned and what became of it, by the minute that each slot was planned for; empty minutes are there.',
    params: OneRun,
    result: Type.Array(RunMinute),
    example: { runId: RUN_ID },
  }),
  'runs.readReplay': method({
    scope: 'run',
    isCostly: true,
    isLarge: true,
    summary: 'Read a file of tickets to replay',
    description:
      'Takes the creation times and priorities out of a CSV or JSON lines file, as `export` writes it, for the `replay` of `runs.start`. Nothing is kept. `bad-data` where the text is no such file.',
    params: params({ name: Type.String({ maxLength: 255 }), text: Type.String({ maxLength: 900_000 }) }),
    result: Replay,
    example: { name: 'january.jsonl', text: '{"created":"2026-01-01T00:00:10.000Z","priority":"High"}\n' },
  }),
}
