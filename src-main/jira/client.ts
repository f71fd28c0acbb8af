import type { Client, SendRequestOptions } from 'jira.js/core'
import { brokenAnswer } from './errors.ts'
import type { Link } from './link.ts'
import type { SearchParams } from './request-url.ts'
import { checkShape } from './response-shape.ts'
import type { SendOptions } from './send.ts'
import type { HttpAnswer } from './transport.ts'

/** What an endpoint gave, and what its last answer said besides: see `HttpAnswer`. */
export interface Answered<T> extends Omit<HttpAnswer, 'data'> {
  readonly result: T
}

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
