import { Check } from 'typebox/value'
import { SiteClock } from '../../../src-shared/contract/tickets.ts'
import type { SiteClock as Clock } from '../../../src-shared/domain/site-clock.ts'
import { AppError } from '../../../src-shared/errors/app-error.ts'
import type { SandboxCredentials } from './database/meta.ts'
import type { MoodName } from './moods.ts'

/** The clock of a running sandbox, from whichever process. */
export interface ClockControl {
  get(signal: AbortSignal): Promise<Clock>
  /** Lets it run `rate` times as fast until it shows `untilSiteMs`; rate 1 ends that at once. */
  run(rate: number, untilSiteMs: number, signal: AbortSignal): Promise<Clock>
}

type Address = SandboxCredentials & { readonly url: string }

/** Speaks to a sandbox's clock. Both methods throw `jira-unreachable`, `not-authenticated` or `jira-refused`. */
export function createClockControl(sandbox: Address): ClockControl {
  const ask = async (init: RequestInit): Promise<Clock> => {
    const response = await reach(sandbox, 'clock', init)
    const body: unknown = await response.json()
    if (response.ok && Check(SiteClock, body)) return body
    throw refused('clock', response.status)
  }
  return {
    get: (signal) => ask({ signal }),
    run: (rate, untilSiteMs, signal) =>
      ask({ method: 'PUT', body: JSON.stringify({ rate, untilSiteMs }), signal }),
  }
}

/** Puts a sandbox into a mood. Throws `jira-unreachable`, `not-authenticated` or `jira-refused`. */
export async function setMood(sandbox: Address, mood: MoodName, signal: AbortSignal): Promise<void> {
  const response = await reach(sandbox, 'mood', { method: 'PUT', body: JSON.stringify({ mood }), signal })
  await response.body?.cancel()
  if (!response.ok) throw refused('mood', response.status)
}

type Part = 'clock' | 'mood'

async function reach({ url, email, apiToken }: Address, part: Part, init: RequestInit): Promise<Response> {
  const basic = Buffer.from(`${email}:${apiToken}`).toString('base64')
  try {
    return await fetch(`${url}/sandbox/${part}`, {
      ...init,
      headers: { authorization: `Basic ${basic}`, 'content-type': 'application/json' },
    })
  } catch (error) {
    if (init.signal?.aborted === true) throw error
    throw new AppError(
      'jira-unreachable',
      `The sandbox Jira does not answer, so its ${part} was left alone.`,
      {
        hint: 'Start Jira TPM again to start it.',
        retryable: true,
        cause: error,
      },
    )
  }
}

function refused(part: Part, status: number): AppError {
  if (status === 401) {
    return new AppError(
      'not-authenticated',
      `The sandbox Jira does not know us, so its ${part} was left alone.`,
    )
  }
  return new AppError('jira-refused', `The sandbox Jira refused to change its ${part} (HTTP ${status}).`)
}
