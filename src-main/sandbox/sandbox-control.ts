import { Check } from 'typebox/value'
import { SiteClock } from '../../src-shared/contract/models.ts'
import type { SiteClock as Clock } from '../../src-shared/domain/site-clock.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Credentials } from './database/meta.ts'

/** The clock of a running sandbox, from whichever process. */
export interface ClockControl {
  get(signal: AbortSignal): Promise<Clock>
  /** Lets it run `rate` times as fast until it shows `untilSiteMs`; rate 1 ends that at once. */
  run(rate: number, untilSiteMs: number, signal: AbortSignal): Promise<Clock>
}

/** Speaks to a sandbox's clock. Both methods throw `jira-unreachable`, `not-authenticated` or `jira-refused`. */
export function createClockControl(sandbox: Credentials & { readonly url: string }): ClockControl {
  const basic = Buffer.from(`${sandbox.email}:${sandbox.apiToken}`).toString('base64')
  const ask = async (init: RequestInit): Promise<Clock> => {
    const response = await reach(`${sandbox.url}/sandbox/clock`, {
      ...init,
      headers: { authorization: `Basic ${basic}`, 'content-type': 'application/json' },
    })
    const body: unknown = await response.json()
    if (response.ok && Check(SiteClock, body)) return body
    throw refused(response.status)
  }
  return {
    get: (signal) => ask({ signal }),
    run: (rate, untilSiteMs, signal) =>
      ask({ method: 'PUT', body: JSON.stringify({ rate, untilSiteMs }), signal }),
  }
}

async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init)
  } catch (error) {
    if (init.signal?.aborted === true) throw error
    throw new AppError('jira-unreachable', 'The sandbox Jira does not answer, so its clock was left alone.', {
      hint: 'Start Jira TPM again to start it.',
      retryable: true,
      cause: error,
    })
  }
}

function refused(status: number): AppError {
  if (status === 401) {
    return new AppError(
      'not-authenticated',
      'The sandbox Jira does not know us, so its clock was left alone.',
    )
  }
  return new AppError('jira-refused', `The sandbox Jira refused to change its clock (HTTP ${status}).`)
}
