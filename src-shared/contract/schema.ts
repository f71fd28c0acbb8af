import { Type, type Static } from 'typebox'

/** Epoch milliseconds. The bound is the last instant that JavaScript can name. */
export const EpochMs = Type.Integer({ minimum: 0, maximum: 8.64e15 })

export const MinuteNumber = Type.Integer({ minimum: 0, maximum: 144_000_000_000 })

export const Count = Type.Integer({ minimum: 0 })

export const Priority = Type.Object({ id: Type.String(), name: Type.String() })

export const WatchedField = Type.Object({
  id: Type.String({ pattern: '^(priority|customfield_[0-9]{1,12})$' }),
  name: Type.String({ maxLength: 255 }),
})

/** A calendar day, `2027-01-31`. */
export const DayString = Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' })

/** What is wrong, and since when (the machine's epoch ms). */
export const SinceFailure = Type.Object({
  sinceMs: EpochMs,
  code: Type.String(),
  message: Type.String(),
  hint: Type.String(),
})
export type SinceFailure = Static<typeof SinceFailure>

/** Nothing in it that ends a line, or that a database does not take for text. */
export const ONE_LINE = '[^\\u0000-\\u001f\\u007f-\\u009f]'

export const Text = (maxLength: number) => Type.String({ minLength: 1, maxLength })

export const Maybe = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) =>
  Type.Union([type, Type.Null()])

export const STEP_STATE = Type.Union([
  Type.Literal('waiting'),
  Type.Literal('running'),
  Type.Literal('ok'),
  Type.Literal('warning'), // works, but the person should know
  Type.Literal('failed'),
  Type.Literal('not-tried'), // an earlier step failed
])
