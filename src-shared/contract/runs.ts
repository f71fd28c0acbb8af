import { Type, type Static } from 'typebox'
import { EpochMs, MinuteNumber, Count, ONE_LINE } from './schema.ts'

/** A run's name, as a caller gives it. */
export const RunName = Type.String({ maxLength: 64, pattern: `^${ONE_LINE}*$` })

/** Relative weights by name, or by key. */
const Weights = Type.Record(
  Type.String({ pattern: `^${ONE_LINE}{1,255}$` }),
  Type.Number({ minimum: 0, maximum: 1e6 }),
  { maxProperties: 200, additionalProperties: false },
)

/** As many arrivals as a replay may have. */
export const MAX_REPLAY = 20_000

/**
 * Arrivals of real tickets, to be replayed: `offsetsMs` after the first one, in order. `priorityOf[i]` is the place of
 * the i-th arrival's priority in `priorities` (names), -1 where it is not known.
 */
export const Replay = Type.Object(
  {
    /** For the person: the file's name. */
    name: Type.String({ maxLength: 255, pattern: `^${ONE_LINE}*$` }),
    offsetsMs: Type.Array(EpochMs, { minItems: 1, maxItems: MAX_REPLAY }),
    priorities: Type.Array(Type.String({ maxLength: 255 }), { maxItems: 100 }),
    priorityOf: Type.Array(Type.Integer({ minimum: -1, maximum: 99 }), { minItems: 1, maxItems: MAX_REPLAY }),
  },
  { additionalProperties: false },
)
export type Replay = Static<typeof Replay>

/** What to generate. Absent fields take the defaults of `domain/plan-times.ts`. */
export const RunRequest = Type.Object(
  {
    count: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
    minutes: Type.Optional(Type.Number({ minimum: 0.1, maximum: 1_440 })),
    seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 4_294_967_295 })),
    /** How the arrivals are spread, in the written form of `domain/profile.ts`: `steady`, `spike 30m x5 10m`, `30m@50,10m@200`. */
    profile: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
    /** The arrivals of real tickets, scaled to `count` and `minutes`; in place of a profile. */
    replay: Type.Optional(Replay),
    /** How many times faster than the wall clock; sandbox only. */
    compress: Type.Optional(Type.Number({ minimum: 1, maximum: 3_600 })),
    /** The one project that gets the tickets. */
    projectKey: Type.Optional(Type.String({ minLength: 1, maxLength: 32 })),
    /** Several projects, each with its relative weight, by key; in place of `projectKey`. */
    projects: Type.Optional(Weights),
    /** The id of the site (`session.site.id`) in which the person agreed to make the tickets. A real Jira demands it. */
    confirmedSite: Type.Optional(Type.String({ maxLength: 512 })),
    /** Relative weight of each priority, by name. */
    weights: Type.Optional(Weights),
    /** Relative weight of each issue type, by name; where absent, all tickets get the project's usual one. */
    types: Type.Optional(Weights),
  },
  { additionalProperties: false },
)
export type RunRequest = Static<typeof RunRequest>

/** How a run that stands still goes on. */
export const ResumeRequest = Type.Object(
  {
    /** The last run where absent. */
    runId: Type.Optional(RunName),
    /**
     * What becomes of the slots whose time has passed meanwhile, and of those to come. `shift` (where absent): all move
     * by the time that the run stood still, so that their spacing is kept. `catch-up`: the missed ones are sent now, at
     * a bounded pace; the others keep their times. `skip`: the missed ones are not made; the others keep their times.
     */
    missed: Type.Optional(
      Type.Union([Type.Literal('shift'), Type.Literal('catch-up'), Type.Literal('skip')]),
    ),
    /**
     * What becomes of slots of which nobody knows whether they made their ticket. `look` (where absent): Jira is asked
     * for them once more. `send`: those that it still does not show are sent again, as the person decides. `drop`: they
     * count as not made. With one of the three, a run that is done may be named, too.
     */
    unknown: Type.Optional(Type.Union([Type.Literal('look'), Type.Literal('send'), Type.Literal('drop')])),
  },
  { additionalProperties: false },
)
export type ResumeRequest = Static<typeof ResumeRequest>

/** Real milliseconds between the planned and the actual send of a run's slots. */
export const Lateness = Type.Object({ p50Ms: Type.Number(), p95Ms: Type.Number(), maxMs: Type.Number() })
export type Lateness = Static<typeof Lateness>

/** How far a run is. Slot states: see `store/ledger.ts`. */
export const RunProgress = Type.Object({
  runId: Type.String(),
  seed: Type.Integer(),
  /** The profile in its written form; `replay` and the file's name. */
  profile: Type.String(),
  state: Type.Union([
    Type.Literal('running'),
    Type.Literal('paused'),
    Type.Literal('stopped'), // by the person, before its end
    Type.Literal('done'), // every slot has an outcome
    Type.Literal('broken'), // its process died; it can be resumed
  ]),
  /** The machine whose program works on it; null where this one does, or nobody. */
  by: Type.Union([Type.String(), Type.Null()]),
  /** The keys of its projects, joined by `, `. */
  projectKey: Type.String(),
  planned: Count,
  created: Count,
  failed: Count,
  unknown: Count,
  /** Not made because their time had passed and the person chose so. */
  skipped: Count,
  /** Of a run that stands still: slots whose planned time has passed. 0 while it runs. */
  missed: Count,
  /** Tickets that a clean-up has deleted from Jira. */
  removed: Count,
  /** Span of the plan in site time. */
  startMs: EpochMs,
  endMs: EpochMs,
  rate: Type.Number(),
  /** Null before its first ticket. */
  lateness: Type.Union([Lateness, Type.Null()]),
  /** Why it does not go on, as a sentence; null while it does. */
  reason: Type.Union([Type.String(), Type.Null()]),
  /** True of a paused one that waits for nothing but its store: it goes on by itself. */
  waits: Type.Optional(Type.Boolean()),
  /** True of one that paused by itself because the machine slept: the person says by `missed` how it goes on. */
  slept: Type.Optional(Type.Boolean()),
  /** By how much pauses have moved its end; absent where they have not. */
  shiftedMs: Type.Optional(Count),
})
export type RunProgress = Static<typeof RunProgress>

/** `notMade`: failed, unknown and skipped slots. A slot belongs to the minute it is planned for. */
export const RunMinute = Type.Object({ minute: MinuteNumber, planned: Count, created: Count, notMade: Count })
export type RunMinute = Static<typeof RunMinute>

/** What a clean-up of a run would do. Nothing is deleted by asking. */
export const CleanUpPreview = Type.Object({
  runId: Type.String(),
  /** Tickets that would be deleted: the ledger says that the run made them, and they carry its label and its mark. */
  count: Count,
  /** Their keys, at most 1,000 of them, in the order of their slots. */
  keys: Type.Array(Type.String()),
  /** Tickets of the run that Jira does not show any more. */
  gone: Count,
  /** Tickets that look like the run's and stay, each with the reason. */
  kept: Type.Array(Type.Object({ key: Type.String(), reason: Type.String() })),
  /** Why they cannot be deleted, and what to do then; null where they can. */
  refusal: Type.Union([Type.Object({ message: Type.String(), hint: Type.String() }), Type.Null()]),
})
export type CleanUpPreview = Static<typeof CleanUpPreview>

/** How far a clean-up is. */
export const CleanUp = Type.Object({
  runId: Type.String(),
  state: Type.Union([
    Type.Literal('running'),
    Type.Literal('done'),
    Type.Literal('stopped'), // by the person, or by what `failure` says; it can be begun again
  ]),
  total: Count,
  deleted: Count,
  /** Tickets that stayed after all, each with the reason. */
  kept: Type.Array(Type.Object({ key: Type.String(), reason: Type.String() })),
  failure: Type.Union([Type.Object({ message: Type.String(), hint: Type.String() }), Type.Null()]),
})
export type CleanUp = Static<typeof CleanUp>
