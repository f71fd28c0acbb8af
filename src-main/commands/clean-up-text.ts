import type { CleanUp, CleanUpPreview } from '../../src-shared/contract/models.ts'
import { errorText } from '../../src-shared/errors/app-error.ts'
import { tickets } from '../../src-shared/domain/ticket-count.ts'

/** A clean-up that came to its end, and what was known before it began. */
export interface EndedCleanUp {
  readonly preview: CleanUpPreview
  /** The label of the site. */
  readonly where: string
  readonly end: CleanUp
}

/** As many keys, and as many tickets that stay, as a person is shown. */
const SHOWN = 10

/** What `clean-up --dry-run --json` prints. */
export function previewDocument({ runId, ...preview }: CleanUpPreview, where: string): unknown {
  return { run: runId, site: where, ...preview }
}

/** What `clean-up --json` prints. */
export function cleanUpDocument({ preview, where, end }: EndedCleanUp): unknown {
  const { runId, state, total, deleted, kept, failure } = end
  return { run: runId, site: where, state, total, deleted, gone: preview.gone, kept, failure }
}

/** The preview for a person, some lines. */
export function previewText(preview: CleanUpPreview, where: string): string {
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

/** How it ended, for a person. */
export function endText({ where, end }: EndedCleanUp): string {
  const { runId, total, deleted, kept } = end
  const lines = [
    total === 0
      ? `Nothing of run ${runId} was left to delete in ${where}.`
      : `${tickets(deleted)} of run ${runId} ${deleted === 1 ? 'is' : 'are'} deleted from ${where}.`,
  ]
  return [...lines, ...keptLines(kept)].join('\n')
}

/** Why not all went, and what to do; null where all went. */
export function stayedText({ runId, total, deleted, failure }: CleanUp): string | null {
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
