import { Type, type Static, type TProperties, type TSchema } from 'typebox'

/**
 * What a caller may do, each with all of those before it: see how it is now, on a screen; look on; work runs; change what is set
 * and stored.
 */
export const SCOPES = ['display', 'read', 'run', 'admin'] as const
export type Scope = (typeof SCOPES)[number]

/** Whether `held` allows what takes `needed`. */
export function allows(held: Scope, needed: Scope): boolean {
  return SCOPES.indexOf(held) >= SCOPES.indexOf(needed)
}

/** A call of the core: types, checks, clients, the preload, the OpenAPI document and its texts follow from it. */
export interface Method<P extends TSchema = TSchema, R extends TSchema = TSchema> {
  /** What a caller must be allowed, where callers differ: over HTTP. */
  readonly scope: Scope
  /** A few words, without a full stop. */
  readonly summary: string
  /** What it does and changes, what it throws and when: for callers from outside. */
  readonly description: string
  readonly params: P
  readonly result: R
  /** Parameters that are right, where there are any. */
  readonly example?: Static<P>
  /** It carries a file, and may be as long as `MAX_LARGE_PARAMS_LENGTH`. */
  readonly isLarge?: true
  /** It costs more than a look into the store: a server takes fewer of them. */
  readonly isCostly?: true
}

export function method<P extends TSchema, R extends TSchema>(entry: Method<P, R>): Method<P, R> {
  return entry
}

/** Parameters are strict: an unknown one is refused. */
export function params<P extends TProperties>(properties: P) {
  return Type.Object(properties, { additionalProperties: false })
}

/** A schema with a name: OpenAPI has it once, and refers to it. Each is exported, so that it is found. */
export function model<P extends TProperties>($id: string, description: string, properties: P) {
  return Type.Object(properties, { $id, description })
}

/** A model of what comes in. */
export function strictModel<P extends TProperties>($id: string, description: string, properties: P) {
  return Type.Object(properties, { $id, description, additionalProperties: false })
}

/** The same schema, with what it is in one place. */
export function described<T extends TSchema>(description: string, schema: T): T {
  return { ...schema, description }
}

export function nullable<T extends TSchema>(schema: T, description?: string) {
  return Type.Union([schema, Type.Null()], description === undefined ? {} : { description })
}

/** One of these words. */
export function choice<const T extends string[]>(words: readonly [...T], description?: string) {
  return Type.Enum(words, { type: 'string', ...(description !== undefined && { description }) })
}

/**
 * An object whose names all match a pattern. Written out: `Type.Record` and `Type.Pick` would bring TypeBox's type engine,
 * 12 kB, into the window.
 */
export function record<V extends TSchema>(
  pattern: string,
  value: V,
  options: { readonly $id?: string; readonly description: string; readonly maxProperties: number },
) {
  const shape = { type: 'object', additionalProperties: false, patternProperties: { [pattern]: value } }
  return Type.Unsafe<Record<string, Static<V>>>({ ...shape, ...options })
}

export function text(maxLength: number, description?: string) {
  return Type.String({ minLength: 1, maxLength, ...(description !== undefined && { description }) })
}

export function count(description?: string) {
  return Type.Integer({ minimum: 0, ...(description !== undefined && { description }) })
}

/** The bound is the last instant that JavaScript can name. */
export const EpochMs = Type.Integer({
  $id: 'EpochMs',
  description: 'An instant: milliseconds since 1970-01-01T00:00:00Z.',
  minimum: 0,
  maximum: 8.64e15,
})

export const MinuteNumber = Type.Integer({
  description: 'Minutes since 1970-01-01T00:00:00Z.',
  minimum: 0,
  maximum: 144_000_000_000,
})

export const DayString = Type.String({
  $id: 'DayString',
  description: 'A calendar day, `2027-01-31`.',
  pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$',
})

/** Nothing in it that ends a line, or that a database does not take for text. */
export const ONE_LINE = '[^\\u0000-\\u001f\\u007f-\\u009f]'

export const Nothing = params({})
export const Span = { fromMs: EpochMs, toMs: EpochMs }

export const ZoneName = Type.String({
  description: 'IANA name of a time zone, as `Europe/Berlin`.',
  minLength: 1,
  maxLength: 64,
})

export const SpanEdge = Type.String({
  $id: 'SpanEdge',
  description:
    'A time: an instant (`2026-11-24T14:00Z`), an expression that moves with the site’s clock (`now`, `now-90m`, `now-1d`, `now/d` for the beginning of the day, as an end its end), or as a person says it: `-2h`, `14:05`, `yesterday`, `mon 9:00`. Without a `to`, `from` may say a whole span: `-2h`, `yesterday`, `last week`, `mon 9-11`.',
  minLength: 1,
  maxLength: 80,
})

/**
 * Parameters with a span, as two instants or as a person chose it: `to` is now where it is absent, and times of day are those
 * of `zone`, by itself that in which times are shown.
 */
export function spanParams<P extends TProperties>(properties: P) {
  const chosen = { from: SpanEdge, to: Type.Optional(SpanEdge), zone: Type.Optional(ZoneName) }
  return Type.Union([params({ ...Span, ...properties }), params({ ...chosen, ...properties })])
}

/** Of the examples. */
export const HOUR = { fromMs: 1_767_225_600_000, toMs: 1_767_229_200_000 }

export const Priority = model('Priority', 'A value of the watched field, as the site names it.', {
  id: Type.String(),
  name: Type.String(),
})

export const WatchedField = model(
  'WatchedField',
  'The field that decides what is watched: `priority`, or a custom field.',
  {
    id: Type.String({ pattern: '^(priority|customfield_[0-9]{1,12})$' }),
    name: Type.String({ maxLength: 255 }),
  },
)

/** What happened, what it means for the data, what to do next. */
export const failureText = { what: Type.String(), consequence: Type.String(), hint: Type.String() }

/** What went wrong, as results have it. */
export const failure = {
  code: Type.String(),
  message: Type.String({ description: '`what` and `consequence` as one text.' }),
  ...failureText,
}

export const SinceFailure = model('SinceFailure', 'What is wrong, since when, and what to do about it.', {
  sinceMs: described('The machine’s time.', EpochMs),
  ...failure,
})
export type SinceFailure = Static<typeof SinceFailure>

/** A step of something that is tried step by step. */
export function step<const T extends string[]>($id: string, description: string, ids: readonly [...T]) {
  return model($id, description, {
    id: choice(ids),
    state: choice(
      ['waiting', 'running', 'ok', 'warning', 'failed', 'not-tried'],
      '`warning`: it works, but the person should know. `not-tried`: an earlier step failed.',
    ),
    message: Type.String({ description: 'What was found, as a sentence; empty before.' }),
    hint: Type.String({ description: 'What to do about it; empty where there is nothing to do.' }),
  })
}
