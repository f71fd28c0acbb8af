import type { Client, SendRequestOptions } from 'jira.js/core'
import { brokenAnswer } from '../errors.ts'
import type { Link, SendOptions } from '../link.ts'
import type { Answered } from '../rest.ts'
import type { SearchParams } from '../site-url.ts'
import type { HttpAnswer } from '../transport.ts'

/** Runs one of jira.js's endpoint functions over our transport. */
export type CloudCall = <T>(
  operation: (client: Client) => Promise<T>,
  options: SendOptions,
) => Promise<Answered<T>>

const NOTHING_SAID = { siteMs: Number.NaN, accountId: null, tookMs: 0 }

/**
 * jira.js gives the endpoints' paths, types and response schemas; its own transport is not used, since it has no
 * time-outs, no signal and no headers, follows redirects and repeats creates. An answer that does not fit its schema is
 * an error here.
 */
export function createCall({ host, send, redact }: Pick<Link, 'host' | 'send' | 'redact'>): CloudCall {
  return async (operation, options) => {
    let said: Omit<HttpAnswer, 'data'> = NOTHING_SAID
    const client: Client = {
      async sendRequest<T>(asked: SendRequestOptions<T>): Promise<T> {
        const { url, method = 'GET', body, schema } = asked
        const searchParams = asked.searchParams as SearchParams | undefined
        const { data, ...rest } = await send({ method, path: url, searchParams, body }, options)
        said = rest
        if (schema === undefined) return data as T
        const checked = checkShape(schema, data)
        if (checked.ok) return checked.value
        const wrong = redact(checked.wrong)
        throw brokenAnswer(host, 'shape', `${method} ${url} with another shape than agreed (${wrong})`)
      },
    }
    return { result: await operation(client), ...said }
  }
}

type Schema<T> = NonNullable<SendRequestOptions<T>['schema']>

type Shape<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly wrong: string }

/**
 * Checks an answer against jira.js's schema of it. Jira sends null for what it leaves out in other answers (an e-mail address
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
