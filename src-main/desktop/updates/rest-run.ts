import type { Client } from '../../../src-shared/contract/client.ts'
import { AppError } from '../../../src-shared/errors/app-error.ts'
import type { Clock } from '../../runtime/clock.ts'
import { withTimeout } from '../../runtime/async.ts'

/** So long the outcome of a ticket under way is waited for (real ms): Jira's longest answer and a search for it. */
const PATIENCE_MS = 120_000

/**
 * Brings the run that this program works on to rest, so that a restart meets no ticket under way: the slots that were
 * sent get their outcome, no further one is sent, and the run is paused until a person resumes it. Runs of other
 * programs are theirs. Throws an AppError where it cannot be brought to rest; then nothing shall be restarted.
 */
export async function restRun(call: Client['call'], clock: Clock): Promise<void> {
  const run = await call('runs.current', {}).catch(noRunButFor(['store-unavailable', 'store-full']))
  if (run?.state !== 'running' || run.by !== null) return
  try {
    await withTimeout(call('runs.pause', {}), PATIENCE_MS, refuseRestart, { clock })
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'not-found')) throw error // it was done just now
  }
}

/** Where nothing could be opened there is no run; where the store is away its last outcomes may be owed. */
function noRunButFor(codes: readonly string[]): (error: unknown) => null {
  return (error) => {
    if (error instanceof AppError && !codes.includes(error.code)) return null
    throw error
  }
}

function refuseRestart(): never {
  throw new AppError('busy', 'Jira has not answered yet what the run sent last.', {
    consequence: 'Nothing was restarted, and nothing is lost.',
    hint: 'Choose Help, Check for updates, when the run is paused.',
    retryable: true,
  })
}
