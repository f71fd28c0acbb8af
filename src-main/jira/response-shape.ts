import type { SendRequestOptions } from 'jira.js/core'

type Schema<T> = NonNullable<SendRequestOptions<T>['schema']>
type Shape<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly wrong: string }

/**
 * Checks an answer against jira.js's schema of it. Jira sends null for what it leaves out elsewhere (an e-mail address
 * that is private, an empty description), where jira.js knows only "absent": both are taken to be the same.
 */
export function checkShape<T>(schema: Schema<T>, data: unknown): Shape<T> {
  const first = schema.safeParse(data)
  if (first.success) return { ok: true, value: first.data }
  const paths = first.error.issues.map((issue) => issue.path)
  if (paths.every((path) => isNullAt(data, path))) {
    const second = schema.safeParse(paths.reduce(withoutPath, data))
    if (second.success) return { ok: true, value: second.data }
  }
  return { ok: false, wrong: paths[0]?.map(String).join('.') || 'the answer itself' }
}

function isNullAt(data: unknown, path: readonly PropertyKey[]): boolean {
  return (
    path.length > 0 && path.reduce<unknown>((at, key) => (isObject(at) ? at[key] : undefined), data) === null
  )
}

/** A copy of the data without what is at the path. */
function withoutPath(data: unknown, [key, ...rest]: readonly PropertyKey[]): unknown {
  if (key === undefined || !isObject(data)) return undefined
  if (Array.isArray(data)) return data.map((item, i) => (i === key ? withoutPath(item, rest) : item))
  return { ...data, [key]: withoutPath(data[key], rest) }
}

function isObject(value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === 'object' && value !== null
}
