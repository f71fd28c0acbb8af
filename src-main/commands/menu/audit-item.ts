import { orCancelled } from '../interrupt.ts'
import { AppError } from '../../../src-shared/errors/app-error.ts'
import { auditText } from '../audit.ts'
import { seen } from './keys.ts'
import { tell, tellBlock } from './tell.ts'
import type { MenuWorld } from './world.ts'

/** The line that waits for a key, and some air. */
const LINES_BESIDE = 4

/** Audits a run, the last one where none is named, after a fetch, so that what just came is no difference. */
export async function auditRun({ io, client, config }: MenuWorld, runId?: string): Promise<void> {
  tell(io, 'Asking Jira for all tickets of the run …')
  const audit = async (): Promise<string> => {
    await client.call('sync.now', {})
    return auditText(await client.call('audit.run', runId === undefined ? {} : { runId }), {
      zone: config.zone,
      columns: io.columns - 1,
    })
  }
  const text = await orCancelled(
    audit(),
    io.signal,
    () => new AppError('cancelled', 'The audit was interrupted. It changes nothing.'),
  )
  // What it means comes first; a long list of differences would push it out of the screen.
  tellBlock(io, text, { most: io.rows - LINES_BESIDE, more: '… jira-tpm audit shows the rest.' })
  await seen(io)
}
