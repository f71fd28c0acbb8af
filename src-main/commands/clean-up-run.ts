import { confirm, text } from '@clack/prompts'
import type { Client } from '../../src-shared/contract/client.ts'
import type { CleanUp, CleanUpPreview, Session } from '../../src-shared/contract/models.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { answered, terminalOf } from './ask.ts'
import { previewText, type EndedCleanUp } from './clean-up-text.ts'
import { orCancelled } from './interrupt.ts'
import { say, type CliIo } from './io.ts'
import { createProgress } from './progress.ts'
import { tickets } from '../../src-shared/domain/ticket-count.ts'

/** Known before anything is asked of the Jira. Throws `usage` where nobody said yes, and nobody can be asked. */
export function refuseUnaskedCleanUp(io: CliIo, yes: boolean | undefined): void {
  if (yes === true || io.isTTY) return
  throw new AppError(
    'usage',
    'Deleting tickets needs a yes, and there is no terminal to ask at. Nothing was deleted.',
    { hint: 'Add --yes, or --dry-run to see what would be deleted.' },
  )
}

/**
 * Shows what of a run would be deleted, asks, and deletes it; returns how that ended, null after a no. All is said on
 * stderr. Throws `cancelled` after Escape or Ctrl-C, and what hinders it.
 */
export async function runCleanUp(
  io: CliIo,
  client: Client,
  runId: string,
  { yes = false }: { readonly yes?: boolean | undefined },
): Promise<EndedCleanUp | null> {
  const { site } = await client.call('session.get', {})
  const looking = client.call('runs.cleanUpPreview', { runId })
  const preview = await orCancelled(looking, io.signal, () => new AppError('cancelled', NOTHING))
  const { count, refusal } = preview
  if (refusal !== null) throw new AppError('jira-refused', refusal.message, { hint: refusal.hint })
  say(io, previewText(preview, site.label))
  if (count > 0 && !yes && !(await agrees(io, preview, site))) return null
  const end = await follow(io, client, { runId, confirmedSite: site.id, count })
  return { preview, where: site.label, end }
}

const NOTHING = 'Interrupted before anything was deleted.'

/** A real Jira's tickets are others' concern, too: a yes that is typed without reading is not enough there. */
async function agrees(io: CliIo, { runId, count }: CleanUpPreview, site: Session['site']): Promise<boolean> {
  if (site.kind === 'sandbox') {
    const message = `Delete ${tickets(count)} of run ${runId} from the sandbox?`
    return answered(io, confirm({ message, initialValue: false, ...terminalOf(io) }), NOTHING)
  }
  say(io, 'Jira sends the mails that its notification scheme has for deleted issues.')
  const message = `Delete the ${tickets(count)} of run ${runId} from ${site.label}? Type their number.`
  const typed = await answered(io, text({ message, ...terminalOf(io) }), NOTHING)
  return typed.trim() === String(count)
}

interface Agreed {
  readonly runId: string
  readonly confirmedSite: string
  readonly count: number
}

/** Deletes and waits for the end. After Ctrl-C it ends at the next ticket, and `cancelled` is thrown. */
async function follow(io: CliIo, client: Client, agreed: Agreed): Promise<CleanUp> {
  const progress = createProgress(io, 'Deleting')
  const { promise: ended, resolve } = Promise.withResolvers<CleanUp>()
  const hear = (cleanUp: CleanUp): void => {
    if (cleanUp.total > 0) progress.update(cleanUp.deleted, cleanUp.total)
    if (cleanUp.state !== 'running') resolve(cleanUp)
  }
  const leave = client.on('clean-up.changed', hear)
  try {
    hear(await client.call('runs.cleanUp', agreed))
    return await orCancelled(ended, io.signal, () => new Interrupted())
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error
    throw stoppedError(await stopped(client, ended))
  } finally {
    leave()
    progress.end()
  }
}

class Interrupted extends Error {}

/** It may have come to its end by itself meanwhile. */
async function stopped(client: Client, ended: Promise<CleanUp>): Promise<CleanUp> {
  try {
    return await client.call('runs.stopCleanUp', {})
  } catch (error) {
    if (error instanceof AppError && error.code === 'not-found') return ended
    throw error
  }
}

function stoppedError({ runId, deleted, total }: CleanUp): AppError {
  return new AppError(
    'cancelled',
    `The clean-up of run ${runId} was stopped: ${deleted} of ${total} tickets are deleted.`,
    { hint: `Go on with: jira-tpm clean-up --run ${runId}` },
  )
}
