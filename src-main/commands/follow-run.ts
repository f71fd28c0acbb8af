import type { Client } from '../../src-shared/contract/client.ts'
import type { RunProgress, RunRequest } from '../../src-shared/contract/models.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { orCancelled } from './interrupt.ts'

/**
 * Starts a run and waits until it goes on no more: done, or stopped or paused by whatever hindered it; but not by a
 * store that is away, which it waits for. On Ctrl-C the run is paused at a slot's edge, so that it can be resumed, and
 * `cancelled` is thrown.
 */
export async function followRun(
  client: Client,
  request: RunRequest,
  {
    signal,
    onProgress,
    resumeHint,
  }: { signal: AbortSignal; onProgress: (progress: RunProgress) => void; resumeHint: string },
): Promise<RunProgress> {
  if (signal.aborted) throw new AppError('cancelled', 'Interrupted before the run began. No ticket was made.')
  const { promise: ended, resolve } = Promise.withResolvers<RunProgress>()
  const hear = (progress: RunProgress): void => {
    onProgress(progress)
    if (progress.state !== 'running' && progress.waits !== true) resolve(progress)
  }
  const leave = client.on('run.changed', hear)
  try {
    hear(await client.call('runs.start', request))
    return await orCancelled(ended, signal, () => new Interrupted())
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error
    throw pausedError(await client.call('runs.pause', {}), resumeHint)
  } finally {
    leave()
  }
}

class Interrupted extends Error {}

function pausedError({ runId, created, planned }: RunProgress, hint: string): AppError {
  return new AppError('cancelled', `Run ${runId} is paused: ${created} of ${planned} tickets are created.`, {
    hint,
  })
}
