import { createHash } from 'node:crypto'
import { Type, type Static } from 'typebox'
import { FAULT_KINDS } from './fault-texts.ts'

const FOR_EVER = 1_000_000

const WholeNumber = (maximum: number) => Type.Optional(Type.Integer({ minimum: 0, maximum }))

/** Something that goes wrong, on purpose, with the next requests, or deliveries of webhooks, that match. */
export const FaultRule = Type.Object(
  {
    /** Absent: every request. */
    match: Type.Optional(
      Type.Object(
        {
          method: Type.Optional(Type.String()),
          /** A regular expression for the path, without the query string. */
          path: Type.Optional(Type.String({ maxLength: 300 })),
        },
        { additionalProperties: false },
      ),
    ),
    kind: Type.Enum(FAULT_KINDS),
    /** How many requests it meets before it is over. Absent: as good as all. */
    times: Type.Optional(Type.Integer({ minimum: 1, maximum: FOR_EVER })),
    /** How many matching requests it lets pass first: what goes wrong in the middle. */
    after: WholeNumber(1_000_000),
    /** The share of matching requests that it meets, drawn from `seed`: the same ones every time. */
    rate: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
    seed: WholeNumber(4_294_967_295),
    /** Null: without the header. Where absent, 1. */
    retryAfterSeconds: Type.Optional(Type.Union([Type.Integer({ minimum: 0 }), Type.Null()])),
    /** Which of Jira's limits was met; null: it does not say. Where absent, the burst limit. */
    reason: Type.Optional(
      Type.Union([
        Type.Literal('burst'),
        Type.Literal('per-issue'),
        Type.Literal('quota-tenant'),
        Type.Literal('quota-global'),
        Type.Null(),
      ]),
    ),
    status: Type.Optional(Type.Integer({ minimum: 400, maximum: 599 })),
    /** `json`: a whole HTTP answer; `length`: less than its content-length; `chunked`: without its last chunk. */
    cut: Type.Optional(Type.Union([Type.Literal('json'), Type.Literal('length'), Type.Literal('chunked')])),
    contentType: Type.Optional(Type.String({ maxLength: 100 })),
    bytes: WholeNumber(1_000_000_000),
    pieceBytes: Type.Optional(Type.Integer({ minimum: 1 })),
    /** Real milliseconds. */
    ms: WholeNumber(600_000),
    /** An address without a path. */
    location: Type.Optional(Type.String({ maxLength: 300 })),
  },
  { additionalProperties: false },
)
export type FaultRule = Static<typeof FaultRule>

export interface Faults {
  /** Replaces all rules, which `checkRules` has passed. */
  set(rules: readonly FaultRule[]): void
  /** What is still to come. */
  remaining(): FaultRule[]
  /** The fault that meets this request, and one time less of it. */
  take(method: string, path: string): FaultRule | null
  /** Every fault that meets it, and one time less of each: a webhook may be late and come twice. */
  takeAll(method: string, path: string): FaultRule[]
}

interface ActiveRule {
  readonly rule: FaultRule
  readonly path: RegExp
  /** Matching requests so far. */
  seen: number
  left: number
}

/** `onSet` is called when the rules are replaced. */
export function createFaults(onSet: () => void = () => undefined): Faults {
  let rules: ActiveRule[] = []
  const meets = (active: ActiveRule, method: string, path: string): boolean => {
    const met = matches(active, method, path) && strikes(active)
    if (met) active.left--
    return met
  }
  return {
    set(next) {
      onSet()
      rules = next.map((rule) => ({
        rule,
        path: pathOf(rule),
        seen: 0,
        left: rule.times ?? FOR_EVER,
      }))
    },
    remaining: () =>
      rules
        .filter(({ left }) => left > 0)
        .map(({ rule, left, seen }) => ({
          ...rule,
          times: left,
          ...(rule.after !== undefined && { after: Math.max(0, rule.after - seen) }),
        })),
    take: (method, path) => rules.find((active) => meets(active, method, path))?.rule ?? null,
    takeAll: (method, path) => rules.filter((active) => meets(active, method, path)).map(({ rule }) => rule),
  }
}

function pathOf({ match }: FaultRule): RegExp {
  return new RegExp(match?.path ?? '')
}

/** Throws a SyntaxError where a path is no regular expression. */
export function checkRules(rules: readonly FaultRule[]): void {
  rules.forEach(pathOf)
}

function matches({ rule, path: pattern, left }: ActiveRule, method: string, path: string): boolean {
  return left > 0 && (rule.match?.method ?? method).toUpperCase() === method && pattern.test(path)
}

/** Whether the rule meets this one of its matching requests. */
function strikes(active: ActiveRule): boolean {
  const { after = 0, rate = 1, seed = 0 } = active.rule
  active.seen++
  return active.seen > after && drawn(seed, active.seen) < rate
}

/** A number from 0 to less than 1 that belongs to the seed and the place in line. */
function drawn(seed: number, place: number): number {
  return createHash('sha256').update(`${seed}:${place}`).digest().readUInt32BE(0) / 2 ** 32
}
