import type { RetentionPreview } from '../../../src-shared/contract/store.ts'
import { isoInstant } from '../../../src-shared/domain/minute.ts'
import { tickets } from '../../../src-shared/domain/text/sentences.ts'
import { AppError, nothingDeleted } from '../../../src-shared/errors/app-error.ts'
import type { ReachedCore } from '../cli/openers.ts'
import { answered, askText, askYes, refuseUnasked } from '../cli/ask.ts'
import type { CommandCall } from '../cli/define-command.ts'
import { say, type CliIo } from '../cli/io.ts'
import { createProgress } from '../cli/progress.ts'
import type { MAINTAIN } from '../ticket-commands.ts'
import { storeName } from './tables.ts'

const NOTHING = 'Nothing was deleted.'

export async function maintain(call: CommandCall<'own-primary-core', typeof MAINTAIN>): Promise<void> {
  const { io, options, open, print } = call
  const { keep: months, dryRun, confirm } = options
  const config = call.config()
  if (months === undefined) throw nothingDeleted('usage', '--keep says how much stays, as 13M or 2y.')
  if (dryRun !== true) {
    refuseUnasked(io, confirm !== undefined, {
      what: 'Deleting old tickets',
      nothing: NOTHING,
      hint: 'Look first, with --dry-run, then add --confirm with the day that it says.',
    })
  }
  await open(config, async ({ client }) => {
    const preview = await client.call('data.previewRetention', { months })
    const text = previewText(preview, storeName(config.store))
    if (dryRun === true) return print(previewDocument(preview), text)
    const old = sum(preview, (site) => site.tickets)
    if (confirm !== undefined) checkConfirmed(preview, confirm)
    else if (old > 0) {
      say(io, text)
      if (!(await agrees(io, preview))) return say(io, NOTHING)
    }
    const deleted = await deleteOld(io, client, preview)
    print(
      { ...previewDocument(preview), deleted },
      `${tickets(deleted)} deleted. What was created before ${dayOf(preview)} is not fetched again.`,
    )
  })
}

function checkConfirmed(preview: RetentionPreview, confirm: string): void {
  if (confirm === dayOf(preview)) return
  throw nothingDeleted(
    'usage',
    `--confirm ${confirm} is not the day: tickets from ${dayOf(preview)} on would stay.`,
  )
}

/** Twice, and the second time by the day: what goes does not come back. */
async function agrees(io: CliIo, preview: RetentionPreview): Promise<boolean> {
  const old = sum(preview, (site) => site.tickets)
  if (!(await answered(askYes(io, `Delete ${tickets(old)} from the store?`), NOTHING))) return false
  const question = `They are not fetched again. Type the first day that stays.`
  return (await answered(askText(io, question), NOTHING)) === dayOf(preview)
}

/** Until all is gone, or Ctrl-C: then the rest goes with the next program. */
async function deleteOld(
  io: CliIo,
  client: ReachedCore['client'],
  { keptFromMs, ...preview }: RetentionPreview,
): Promise<number> {
  const total = sum(preview, (site) => site.tickets)
  const progress = createProgress(io, 'Deleting')
  let deleted = 0
  try {
    for (let more = true; more;) {
      const done = await client.call('data.retain', { keptFromMs, confirm: true })
      deleted += done.deleted
      more = done.more
      if (total > 0) progress.update(Math.min(deleted, total), total)
      if (more && io.signal.aborted) throw interrupted(deleted, total)
    }
  } finally {
    progress.end()
  }
  return deleted
}

function interrupted(deleted: number, total: number): AppError {
  return new AppError('cancelled', `Interrupted: ${deleted} of ${tickets(total)} are deleted.`, {
    consequence: 'The others are not shown as known any more, and go with the next program that stays open.',
    hint: 'Or go on with the same command.',
  })
}

function sum(
  { sites }: Pick<RetentionPreview, 'sites'>,
  of: (site: RetentionPreview['sites'][number]) => number,
): number {
  return sites.reduce((all, site) => all + of(site), 0)
}

/** The first day that stays, in UTC. */
function dayOf({ keptFromMs }: Pick<RetentionPreview, 'keptFromMs'>): string {
  return isoInstant(keptFromMs).slice(0, 10)
}

function previewText(preview: RetentionPreview, store: string): string {
  const { sites, bytes } = preview
  const day = dayOf(preview)
  const old = sum(preview, (site) => site.tickets)
  const unfinished = sites.some(({ isUnfinished }) => isUnfinished)
    ? ['An earlier deletion is not finished: it is finished with this one.']
    : []
  if (old === 0) return [`${store} has no tickets that were created before ${day}.`, ...unfinished].join('\n')
  return [
    `Created before ${day}, in ${store}:`,
    ...sites.filter((site) => site.tickets > 0).map(siteText),
    `About ${sizeText(bytes)} in all${bytes > 0 ? '; a file keeps that room for tickets to come' : ''}. Their counts go with them; runs and their slots stay, and so does everything in Jira.`,
    ...unfinished,
  ].join('\n')
}

function siteText({
  siteId,
  fromMs,
  toMs,
  minutes,
  kept,
  ...site
}: RetentionPreview['sites'][number]): string {
  const span = fromMs === null || toMs === null ? '' : `, from ${isoInstant(fromMs)} to ${isoInstant(toMs)}`
  return `  ${siteId}: ${tickets(site.tickets)} in ${minutes} minutes${span}; ${kept} stay`
}

function sizeText(bytes: number): string {
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`
}

function instant(ms: number | null): string | null {
  return ms === null ? null : isoInstant(ms)
}

function previewDocument(preview: RetentionPreview): object {
  return {
    keptFrom: dayOf(preview),
    bytes: preview.bytes,
    sites: preview.sites.map(({ siteId, fromMs, toMs, keptFromMs, ...site }) => ({
      site: siteId,
      ...site,
      from: instant(fromMs),
      to: instant(toMs),
      keptFrom: instant(keptFromMs),
    })),
  }
}
