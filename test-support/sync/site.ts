import { onTestFinished } from 'vitest'
import { createCloudJira } from '../../src-main/jira/cloud/cloud.ts'
import { createDataCenterJira } from '../../src-main/jira/data-center/data-center.ts'
import type { SandboxSettings } from '#jira-sandbox'
import { startTestServer, type ManualClock } from '#jira-sandbox/testing'
import { hastyClock } from './sync.ts'

/** A sandbox in the test's own thread whose clock the test moves, and our client to it. */
export type TestSite = Awaited<ReturnType<typeof startSite>>

interface SiteOptions extends Partial<SandboxSettings> {
  /** What the client reads as a ticket's priority. */
  readonly watchedField?: string
  /** Real milliseconds after which the client gives up a call. */
  readonly timeoutMs?: number
  /** The site's, where it is not to begin at a usual noon. */
  readonly clock?: ManualClock
}

/** Ended with the test. */
export async function startSite(settings: SiteOptions = {}) {
  const { watchedField = 'priority', timeoutMs, ...rest } = settings
  const sandbox = await startTestServer(rest)
  onTestFinished(() => sandbox.stop())
  const { url, email, apiToken, clock } = sandbox
  const client = {
    url,
    clock: hastyClock,
    watchedField,
    ...(timeoutMs !== undefined && { timeouts: { callMs: timeoutMs } }),
  }
  return {
    sandbox,
    jira:
      settings.deployment === 'data-center'
        ? createDataCenterJira({ ...client, token: apiToken })
        : createCloudJira({ ...client, email, apiToken }),
    /** Lets so much of the site's time pass, at once. */
    advance: (ms: number) => clock.set(clock.now() + ms),
  }
}
