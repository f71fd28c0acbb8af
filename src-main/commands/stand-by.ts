import { setTimeout as delay } from 'node:timers/promises'
import type { Client } from '../../src-shared/contract/client.ts'
import type { RunProgress } from '../../src-shared/contract/models.ts'
import { AppError, errorText } from '../../src-shared/errors/app-error.ts'
import { say, type CliIo } from './io.ts'
import type { RunBar } from './run-bar.ts'

/** A run whose process died makes no commit: it is looked at so often (real ms). */
const LOOK_MS = 1_000

/**
 * Follows a run that another process works on, until it does so no more: then it has ended, rests, or is broken, for this
 * process to take over. Throws `cancelled` after Ctrl-C; the other one goes on.
 */
export async function standBy(
  io: CliIo,
  client: Client,
  run: RunProgress,
  openBar: () => Promise<RunBar>,
): Promise<RunProgress> {
  say(io, standByText(run))
  const bar = await openBar()
  const look = createLook(io, client, run)
  let progress = run
  try {
    while (progress.state === 'running') {
      bar.update(progress)
      // Ends early, and as it should, when the signal comes.
      await delay(LOOK_MS, undefined, { signal: io.signal }).catch(() => {})
      if (io.signal.aborted) throw left(progress)
      progress = (await look()) ?? progress
    }
    bar.update(progress)
    return progress
  } finally {
    bar.end()
  }
}

/** Null where the store is out of reach for the time being, which is said once. */
function createLook(io: CliIo, client: Client, { runId }: RunProgress): () => Promise<RunProgress | null> {
  let isAway = false
  return async () => {
    try {
      const progress = await client.call('runs.get', { runId })
      isAway = false
      return progress
    } catch (error) {
      if (!(error instanceof AppError) || !error.retryable) throw error
      if (!isAway) say(io, `${errorText(error)} It is looked at again each second.`)
      isAway = true
      return null
    }
  }
}

function standByText({ by, runId, created, planned }: RunProgress): string {
  const who = by === null ? 'Another window or command' : by
  return `${who} works on run ${runId}: ${created} of ${planned}. This one takes over if that ends.`
}

function left({ by, runId, created, planned }: RunProgress): AppError {
  const where = by === null ? 'where it was' : `on ${by}`
  return new AppError(
    'cancelled',
    `Run ${runId} goes on ${where}: ${created} of ${planned} tickets are created.`,
  )
}
