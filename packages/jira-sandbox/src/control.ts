import type { MoodName } from './faults/moods.ts'
import type { ClockState } from './sandbox-clock.ts'
import { SandboxError } from './sandbox-error.ts'

/** Where a sandbox is, in whichever process it runs, and as whom it is spoken to. */
export interface SandboxAddress {
  readonly url: string
  readonly email: string
  readonly apiToken: string
}

/** The clock of a running sandbox. Both methods throw `jira-unreachable`, `not-authenticated` or `jira-refused`. */
export function createClockControl(sandbox: SandboxAddress) {
  const ask = async (init: RequestInit): Promise<ClockState> => {
    const response = await reach(sandbox, 'clock', init)
    const body: unknown = await response.json()
    if (response.ok && isClock(body)) return body
    throw refused('clock', response.status)
  }
  return {
    get: (signal: AbortSignal) => ask({ signal }),
    /** Lets it run `rate` times as fast until it shows `untilSiteMs`; rate 1 ends that at once. */
    run: (rate: number, untilSiteMs: number, signal: AbortSignal) =>
      ask({ method: 'PUT', body: JSON.stringify({ rate, untilSiteMs }), signal }),
  }
}

/** Puts a sandbox into a mood. Throws as the clock does. */
export async function setMood(sandbox: SandboxAddress, mood: MoodName, signal: AbortSignal): Promise<void> {
  const response = await reach(sandbox, 'mood', { method: 'PUT', body: JSON.stringify({ mood }), signal })
  await response.body?.cancel()
  if (!response.ok) throw refused('mood', response.status)
}

function isClock(body: unknown): body is ClockState {
  const { machineMs, siteMs, rate, untilSiteMs } = (body ?? {}) as Partial<ClockState>
  return [machineMs, siteMs, rate, untilSiteMs].every(Number.isFinite) && Number(rate) > 0
}

type Part = 'clock' | 'mood'

async function reach(
  { url, email, apiToken }: SandboxAddress,
  part: Part,
  init: RequestInit,
): Promise<Response> {
  const basic = Buffer.from(`${email}:${apiToken}`).toString('base64')
  try {
    return await fetch(`${url}/sandbox/${part}`, {
      ...init,
      headers: { authorization: `Basic ${basic}`, 'content-type': 'application/json' },
    })
  } catch (error) {
    if (init.signal?.aborted === true) throw error
    throw new SandboxError(
      'jira-unreachable',
      `The sandbox Jira does not answer, so its ${part} was left alone.`,
      { hint: 'Start Jira TPM again to start it.', retryable: true, cause: error },
    )
  }
}

function refused(part: Part, status: number): SandboxError {
  return status === 401
    ? new SandboxError(
        'not-authenticated',
        `The sandbox Jira does not know us, so its ${part} was left alone.`,
      )
    : new SandboxError('jira-refused', `The sandbox Jira refused to change its ${part} (HTTP ${status}).`)
}
