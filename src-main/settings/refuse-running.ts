import { AppError } from '../../src-shared/errors/app-error.ts'
import type { CurrentEngine } from '../app/current-engine.ts'

/**
 * Throws `busy` while a run is under way in a real Jira: it is ended by its person. The sandbox's own is only paused,
 * and goes on when it is watched again, with the same store.
 */
export async function refuseRunning(engine: Pick<CurrentEngine, 'config' | 'openNow'>): Promise<void> {
  if (engine.config().jira.kind === 'sandbox') return
  // Where nothing is open, nothing of ours runs; and one that is still opening may wait for minutes.
  const run = await engine.openNow()?.handlers['runs.current']({})
  if (run?.state !== 'running') return
  throw new AppError('busy', 'A run is under way in the present Jira. Nothing was changed.', {
    hint: 'Pause or stop it first.',
  })
}
