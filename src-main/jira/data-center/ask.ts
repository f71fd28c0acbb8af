import { Type, type Static, type TSchema } from 'typebox'
import { Check, Errors } from 'typebox/value'
import { brokenAnswer } from '../errors.ts'
import type { Link, SendOptions } from '../link.ts'
import type { HttpAnswer, HttpRequest } from '../transport.ts'

/** An answer of the shape that was agreed; what it says besides: see `HttpAnswer`. */
export interface CheckedAnswer<T> extends Omit<HttpAnswer, 'data'> {
  readonly result: T
}

/** Sends a request and checks its answer. Throws `jira-broken`, naming the place, where it has another shape. */
export type Ask = <S extends TSchema>(
  schema: S,
  request: HttpRequest,
  options: SendOptions,
) => Promise<CheckedAnswer<Static<S>>>

const Id = Type.String({ minLength: 1 })

const Count = Type.Integer({ minimum: 0 })

export const MyselfAnswer = Type.Object({
  name: Type.String({ minLength: 1 }),
  displayName: optional(Type.String()),
  timeZone: Type.String({ minLength: 1 }),
})

export const ServerInfoAnswer = Type.Object({
  deploymentType: optional(Type.String()),
  version: optional(Type.String()),
  serverTime: optional(Type.String()),
})

export const ProjectsAnswer = Type.Array(Type.Object({ id: Id, key: Id, name: optional(Type.String()) }))

export const PrioritiesAnswer = Type.Array(Type.Object({ id: Id, name: Type.String() }))

const Permission = optional(Type.Object({ havePermission: Type.Boolean() }))

export const PermissionsAnswer = Type.Object({
  permissions: Type.Object({
    BROWSE_PROJECTS: Permission,
    CREATE_ISSUES: Permission,
    DELETE_ISSUES: Permission,
  }),
})

export const TypesAnswer = pageOf(
  Type.Object({ id: Id, name: Type.String(), subtask: Type.Optional(Type.Boolean()) }),
)

export const FieldsAnswer = pageOf(
  Type.Object({
    fieldId: Id,
    name: Type.String(),
    required: Type.Boolean(),
    hasDefaultValue: Type.Optional(Type.Boolean()),
    allowedValues: Type.Optional(Type.Array(Type.Unknown())),
    schema: Type.Optional(Type.Object({ type: Type.Optional(Type.String()) })),
  }),
)

/** The issues are read by `issue.ts`, which names the one that is wrong. */
export const SearchAnswer = Type.Object({
  startAt: Count,
  total: Type.Optional(Count),
  issues: Type.Array(Type.Unknown()),
})

export const CountAnswer = Type.Object({ total: Count })

export const StampsAnswer = Type.Object({
  id: Id,
  fields: Type.Object({ created: Type.String(), updated: Type.String() }),
})

export const CreatedAnswer = Type.Object({ id: Id, key: Id })

export const PropertyAnswer = Type.Object({ value: Type.Unknown() })

export function createAsk({ host, send, redact }: Pick<Link, 'host' | 'send' | 'redact'>): Ask {
  return async (schema, request, options) => {
    const { data, ...said } = await send(request, options)
    if (Check(schema, data)) return { result: data, ...said }
    const { method, path } = request
    const wrong = redact(firstError(schema, data))
    throw brokenAnswer(host, 'shape', `${method} ${path} with another shape than agreed (${wrong})`)
  }
}

/** Where it is wrong, and how: `0.id must be string`. */
function firstError(schema: TSchema, data: unknown): string {
  const { instancePath = '', message = 'another type' } = Errors(schema, data)[0] ?? {}
  return `${instancePath.slice(1).replaceAll('/', '.')} ${message}`.trim()
}

/**
 * REST v2's answers as far as they are read: jira.js knows Cloud's alone. What they hold besides is left aside.
 * https://docs.atlassian.com/software/jira/docs/api/REST/latest/
 */

/** Jira sends null for what it leaves out elsewhere. */
function optional<S extends TSchema>(schema: S) {
  return Type.Optional(Type.Union([schema, Type.Null()]))
}

function pageOf<S extends TSchema>(value: S) {
  return Type.Object({
    values: Type.Array(value),
    total: Type.Optional(Count),
    isLast: Type.Optional(Type.Boolean()),
  })
}
