import type { Client, SendRequestOptions } from 'jira.js/core'
import type { Clock } from '../clock.ts'
import { brokenAnswer, type Failure } from './errors.ts'
import { checkShape } from './response-shape.ts'
import { withRetries } from './retry.ts'
import type { SearchParams } from './request-url.ts'
import type { Transport } from './transport.ts'

interface CallOptions {
  /** The failures after which it is sent again. */
  readonly repeats: ReadonlySet<Failure>
  readonly signal: AbortSignal
}

/** Runs one of jira.js's endpoint functions over our transport. `siteMs` is the site's clock when it answered. */
export type Call = <T>(
  operation: (client: Client) => Promise<T>,
  options: CallOptions,
) => Promise<{ readonly result: T; readonly siteMs: number }>

/**
 * jira.js gives the endpoints' paths, types and response schemas; its own transport is not used, since it has no
 * time-outs, no signal and no headers, follows redirects and repeats creates. An answer that does not fit its schema is
 * an error here.
 */
export function createCall(transport: Transport, { host, clock }: { host: string; clock: Clock }): Call {
  return async (operation, { repeats, signal }) => {
    let siteMs = Number.NaN
    const client: Client = {
      async sendRequest<T>({
        url,
        method = 'GET',
        searchParams,
        body,
        schema,
      }: SendRequestOptions<T>): Promise<T> {
        const request = { method, path: url, searchParams: searchParams as SearchParams | undefined, body }
        const answer = await withRetries(() => transport(request, signal), { repeats, clock, signal })
        siteMs = answer.siteMs
        if (schema === undefined) return answer.data as T
        const checked = checkShape(schema, answer.data)
        if (checked.ok) return checked.value
        throw brokenAnswer(
          host,
          'shape',
          `${method} ${url} with another shape than agreed (${checked.wrong})`,
        )
      },
    }
    return { result: await operation(client), siteMs }
  }
}
