import type { Static, TSchema } from 'typebox'
import { Check, Errors } from 'typebox/value'
import { badRequest } from './jira-error.ts'

/** The value, if it is of the schema's shape; throws a 400 that says where it is not. */
export function checked<S extends TSchema>(schema: S, value: unknown): Static<S> {
  if (Check(schema, value)) return value
  const first = Errors(schema, value)[0]
  const where = first?.instancePath ? ` (${first.instancePath} ${first.message})` : ''
  throw badRequest(`Invalid request payload. Refer to the REST API documentation and try again.${where}`)
}

/** A list of the query string: repeated, separated by commas, or both, as Jira takes it. */
export function queryList(query: URLSearchParams, name: string): string[] {
  return query
    .getAll(name)
    .flatMap((value) => value.split(','))
    .map((value) => value.trim())
    .filter((value) => value !== '')
}

/** A whole number of the query string. Throws a 400 where it is none, or not between the bounds. */
export function queryInteger(
  query: URLSearchParams,
  name: string,
  bounds: { readonly fallback: number; readonly min: number; readonly max: number },
): number {
  const text = query.get(name)
  if (text === null) return bounds.fallback
  const value = Number(text)
  if (!Number.isInteger(value) || value < bounds.min)
    throw badRequest(`Parameter '${name}' is not valid: '${text}'`)
  if (value > bounds.max) throw badRequest(`Parameter '${name}' must not exceed the limit '${bounds.max}'`)
  return value
}

/** One page of a list that is paged by offset, in Jira's form. */
export function offsetPage(
  self: string,
  query: URLSearchParams,
  all: readonly object[],
  limit: number,
): object {
  const startAt = queryInteger(query, 'startAt', { fallback: 0, min: 0, max: Number.MAX_SAFE_INTEGER })
  const asked = queryInteger(query, 'maxResults', { fallback: 50, min: 0, max: Number.MAX_SAFE_INTEGER })
  const maxResults = Math.min(asked, limit)
  const values = all.slice(startAt, startAt + maxResults)
  const isLast = startAt + values.length >= all.length
  return { self, maxResults, startAt, total: all.length, isLast, values }
}
