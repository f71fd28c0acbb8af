import { Type, type Static } from 'typebox'

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
    kind: Type.Union([
      Type.Literal('status-503'),
      Type.Literal('reset-before'), // the connection breaks before anything was done
      Type.Literal('reset-after'), // everything was done, then the connection breaks
      Type.Literal('truncated'), // a whole HTTP answer whose JSON is cut off
      Type.Literal('stall'), // half a body, then silence
      Type.Literal('login-page'), // 200 with a page for people
      Type.Literal('logged-out'), // treated as a caller whose token has expired: 200 and empty where Jira does that
    ]),
    /** How many requests it meets before it is over. */
    times: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
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
  take(method: string, path: string): FaultKind | null
}

export function createFaults(): Faults {
  let rules: { readonly rule: FaultRule; readonly path: RegExp; left: number }[] = []
  return {
    set(next) {
      rules = next.map((rule) => ({ rule, path: new RegExp(rule.match.path ?? ''), left: rule.times }))
    },
    remaining: () => rules.filter(({ left }) => left > 0).map(({ rule, left }) => ({ ...rule, times: left })),
    take(method, path) {
      const met = rules.find(
        ({ rule, path: pattern, left }) =>
          left > 0 && (rule.match.method ?? method).toUpperCase() === method && pattern.test(path),
      )
      if (met === undefined) return null
      met.left--
      return met.rule.kind
    },
  }
}
