import { createHash } from 'node:crypto'
import { Type, type Static } from 'typebox'

const KINDS = [
  'status-429', // too many requests: `reason`, `retryAfterSeconds`
  'near-limit', // a good answer that says that the limit is near
  'status-503', // `retryAfterSeconds`
  'html-error', // a gateway's page with `status`, 502 where absent
  'applied-500', // everything was done, and answered with a 500
  'redirect-login', // 302 to a page to log in on
  'redirect-host', // 307 to the same path at `location`
  'late', // nothing for `ms`, then the answer
  'stall-before', // nothing was done, and there is no answer
  'stall-after', // everything was done, and there is no answer
  'stall', // half a body, then silence
  'slow-drip', // a body of which `pieceBytes` arrive every `ms`
  'reset-before', // the connection breaks before anything was done
  'reset-after', // everything was done, then the connection breaks
  'truncated', // JSON that is cut off, in the way of `cut`
  'empty-body', // the status of success, and nothing
  'wrong-type', // the answer as `contentType`; '' for none
  'oversize', // the answer after `bytes` of blanks
  'login-page', // 200 with a page for people
  'logged-out', // treated as a caller whose token has expired: 200 and empty where Jira does that
  'locked-out', // 403: too many wrong passwords, says a header
  'no-account-header', // a good answer that does not say for whom
  'short-page', // a search: half of the tickets asked for, and a token
  'empty-page', // a search: no tickets, and a token
  'repeated-page', // a search: the page and its token come once more
  'repeated-token', // a search: the page and its token come for ever
] as const

const WholeNumber = (maximum: number) => Type.Optional(Type.Integer({ minimum: 0, maximum }))

/** Something that goes wrong, on purpose, with the next requests that match. */
export const FaultRule = Type.Object(
  {
    match: Type.Object(
      {
        method: Type.Optional(Type.String()),
        /** A regular expression for the path, without the query string. */
        path: Type.Optional(Type.String({ maxLength: 300 })),
      },
      { additionalProperties: false },
    ),
    kind: Type.Enum(KINDS),
    /** How many requests it meets before it is over. */
    times: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
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
export type FaultKind = FaultRule['kind']

export interface Faults {
  /** Replaces all rules. Throws a SyntaxError where a path is no regular expression. */
  set(rules: readonly FaultRule[]): void
  /** What is still to come. */
  remaining(): FaultRule[]
  /** The fault that meets this request, and one time less of it. */
  take(method: string, path: string): FaultRule | null
}

interface ActiveRule {
  readonly rule: FaultRule
  readonly path: RegExp
  /** Matching requests so far. */
  seen: number
  left: number
}

/** `onSet` hears when the rules are replaced. */
export function createFaults(onSet: () => void = () => undefined): Faults {
  let rules: ActiveRule[] = []
  return {
    set(next) {
      onSet()
      rules = next.map((rule) => ({
        rule,
        path: new RegExp(rule.match.path ?? ''),
        seen: 0,
        left: rule.times,
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
    take(method, path) {
      const met = rules.find((active) => matches(active, method, path) && strikes(active))
      if (met === undefined) return null
      met.left--
      return met.rule
    },
  }
}

function matches({ rule, path: pattern, left }: ActiveRule, method: string, path: string): boolean {
  return left > 0 && (rule.match.method ?? method).toUpperCase() === method && pattern.test(path)
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
