import type { Static, TSchema } from 'typebox'
import { Check, Errors } from 'typebox/value'
import { brokenAnswer } from '../errors.ts'
import type { Link } from '../link.ts'
import type { SendOptions } from '../send.ts'
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
