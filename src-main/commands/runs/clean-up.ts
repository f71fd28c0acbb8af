import type { Client } from '../../../src-shared/contract/client.ts'
import type { CleanUp, CleanUpPreview } from '../../../src-shared/contract/runs/clean-up.ts'
import type { Session } from '../../../src-shared/contract/tickets.ts'
import { tickets } from '../../../src-shared/domain/text/sentences.ts'
import { AppError, errorText } from '../../../src-shared/errors/app-error.ts'
import { answered, askText, askYes, refuseUnasked } from '../cli/ask.ts'
import type { CommandCall } from '../cli/define-command.ts'
import { followWork, orCancelled } from '../cli/interrupt.ts'
import { EXIT, say, type CliIo } from '../cli/io.ts'
import { createProgress } from '../cli/progress.ts'
import type { CLEAN_UP } from '../run-commands.ts'

/** As many keys, and as many tickets that stay, as a person is shown. */
const SHOWN = 10
const NOTHING = 'Interrupted before anything was deleted.'

export async function cleanUp(call: CommandCall<'core', typeof CLEAN_UP>): Promise<void> {
  const { io, options, config, open, print, exitWith } = call
  const { yes, dryRun = false } = options
  if (!dryRun) {
    refuseUnasked(io, yes, {
      what: 'Deleting tickets',
      nothing: 'Nothing was deleted.',
      hint: 'Add --yes, or --dry-run to see what would be deleted.',
    })
  }
  await open(config(), async ({ client }) => {
    const runId = options.run ?? (await lastRun(client))
    if (dryRun) return show(call, client, runId)
    const done = await runCleanUp(io, client, runId, yes)
    if (done === null) return say(io, 'Nothing was deleted.')
    print(cleanUpDocument(done), endText(done))
    const stayed = stayedText(done.end)
    if (stayed === null) return
    say(io, stayed)
    exitWith(EXIT.failed)
  })
}

async function lastRun(client: Client): Promise<string> {
  const run = await client.call('runs.current', {})
  if (run !== null) return run.runId
  throw new AppError('not-found', 'There is no run to clean up: none was started in this Jira.')
}

async function show({ print, exitWith }: CommandCall, client: Client, runId: string): Promise<void> {
  const { site } = await client.call('session.get', {})
  const preview = await client.call('runs.cleanUpPreview', { runId })
  print(previewDocument(preview, site.label), previewText(preview, site.label))
  if (preview.refusal !== null) exitWith(EXIT.failed)
}

/**
 * Shows what of a run would be deleted, asks, and deletes it; returns how that ended, null after a no. All is said on
 * stderr. Throws `cancelled` after Escape or Ctrl-C, and what hinders it.
 */
async function runCleanUp(io: CliIo, client: Client, runId: string, yes = false) {
  const { site } = await client.call('session.get', {})
  const looking = client.call('runs.cleanUpPreview', { runId })
  const preview = await orCancelled(looking, io.signal, NOTHING)
  const { count, refusal } = preview
  if (refusal !== null) throw new AppError('jira-refused', refusal.what, refusal)
  say(io, previewText(preview, site.label))
  if (count > 0 && !yes && !(await agrees(io, preview, site))) return null
  const end = await follow(io, client, { runId, confirmedSite: site.id, count })
  return { preview, where: site.label, end }
}

/** A real Jira's tickets are others' concern, too: a yes that is typed without reading is not enough there. */
async function agrees(io: CliIo, { runId, count }: CleanUpPreview, site: Session['site']): Promise<boolean> {
  if (site.kind === 'sandbox') {
    const message = `Delete ${tickets(count)} of run ${runId} from the sandbox?`
    return answered(askYes(io, message), NOTHING)
  }
  say(io, 'Jira sends the mails that its notification scheme has for deleted issues.')
  const message = `Delete the ${tickets(count)} of run ${runId} from ${site.label}? Type their number.`
  const typed = await answered(askText(io, message), NOTHING)
  return typed === String(count)
}

/** Deletes and waits for the end. After Ctrl-C it ends at the next ticket, and `cancelled` is thrown. */
async function follow(
  io: CliIo,
  client: Client,
  agreed: { readonly runId: string; readonly confirmedSite: string; readonly count: number },
): Promise<CleanUp> {
  const progress = createProgress(io, 'Deleting')
  try {
    return await followWork(() => client.call('runs.cleanUp', agreed), {
      on: (listener) => client.on('clean-up.changed', listener),
      onProgress({ total, deleted }) {
        if (total > 0) progress.update(deleted, total)
      },
      isOver: ({ state }) => state !== 'running',
      stop: async (_begun, ended) => stoppedError(await stopped(client, ended)),
      signal: io.signal,
    })
  } finally {
    progress.end()
  }
}

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

type EndedCleanUp = NonNullable<Awaited<ReturnType<typeof runCleanUp>>>

function previewDocument({ runId, ...preview }: CleanUpPreview, where: string): unknown {
  return { run: runId, site: where, ...preview }
}

function cleanUpDocument({ preview, where, end }: EndedCleanUp): unknown {
  const { runId, state, total, deleted, kept, failure } = end
  return { run: runId, site: where, state, total, deleted, gone: preview.gone, kept, failure }
}

function previewText(preview: CleanUpPreview, where: string): string {
  const { runId, count, keys, gone, kept, refusal } = preview
  const lines = [
    count === 0
      ? `Run ${runId} has no ticket in ${where} that can be deleted.`
      : `Run ${runId} has ${tickets(count)} to delete in ${where}: ${some(keys, count)}.`,
    ...(gone === 0 ? [] : [`${tickets(gone)} of it ${gone === 1 ? 'is' : 'are'} gone already.`]),
    ...keptLines(kept),
    ...(refusal === null ? [] : [errorText(refusal)]),
  ]
  return lines.join('\n')
}

function endText({ where, end }: EndedCleanUp): string {
  const { runId, total, deleted, kept } = end
  const lines = [
    total === 0
      ? `Nothing of run ${runId} was left to delete in ${where}.`
      : `${tickets(deleted)} of run ${runId} ${deleted === 1 ? 'is' : 'are'} deleted from ${where}.`,
  ]
  return [...lines, ...keptLines(kept)].join('\n')
}

/** Why not all went, and what to do; null where all went. */
function stayedText({ runId, total, deleted, failure }: CleanUp): string | null {
  if (failure !== null) return errorText(failure)
  if (deleted === total) return null
  const again = `Look at them in Jira, and clean up again: jira-tpm clean-up --run ${runId}`
  return `${tickets(total - deleted)} that the run made stayed. ${again}`
}

function keptLines(kept: CleanUp['kept']): string[] {
  if (kept.length === 0) return []
  const more = kept.length > SHOWN ? [`  and ${kept.length - SHOWN} more, which --json lists.`] : []
  return [
    `${tickets(kept.length)} ${kept.length === 1 ? 'stays' : 'stay'}:`,
    ...kept.slice(0, SHOWN).map(({ key, reason }) => `  ${key}: ${reason}`),
    ...more,
  ]
}

function some(keys: readonly string[], count: number): string {
  const shown = keys.slice(0, SHOWN).join(', ')
  return count > SHOWN ? `${shown} and ${count - SHOWN} more` : shown
}
