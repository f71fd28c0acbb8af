import type { CleanUp, CleanUpPreview } from '../../../src-shared/contract/clean-up.ts'
import type { RunProgress } from '../../../src-shared/contract/runs.ts'
import type { Session } from '../../../src-shared/contract/tickets.ts'
import { countText, numberText, ticketsText } from '../../live/text.ts'

/** Whether it makes sense to think of cleaning up a run: it has ended, and made what is not deleted yet. */
export function canCleanUp({ state, created, unknown, removed }: RunProgress): boolean {
  return state !== 'running' && state !== 'paused' && created + unknown > removed
}

/** What would be deleted, and where: `98 tickets would be deleted from acme.atlassian.net.` */
export function previewText({ count, gone }: CleanUpPreview, site: Session['site']): string {
  const where = site.kind === 'sandbox' ? 'the sandbox' : site.label
  const would = count === 0 ? 'Nothing would be deleted' : `${ticketsText(count)} would be deleted`
  const isGone = gone === 1 ? 'is not there any more' : 'are not there any more'
  const rest = gone === 0 ? '' : ` ${ticketsText(gone)} of this run ${isGone}.`
  return `${would} from ${where}.${rest}`
}

/** What a deletion means, for tickets and people. */
export function meaningText(site: Session['site']): string {
  const undone = 'Deleted tickets cannot be brought back. This run, its plan and its seed stay in the store.'
  return site.kind === 'sandbox'
    ? undone
    : `This is a real Jira: they go for everyone, with comments and attachments that people added. ${undone}`
}

/** How far a clean-up is, or how it ended. */
export function progressText({ state, deleted, total, kept }: CleanUp): string {
  if (state === 'running') return `${numberText(deleted)} of ${ticketsText(total)} deleted`
  const stayed = kept.length === 0 ? '' : ` ${keptText(kept.length)}`
  const left = total - deleted - kept.length
  if (state === 'done') return `${ticketsText(deleted)} deleted.${stayed}`
  const rest = left > 0 ? ` ${countText(left, 'is', 'are')} left.` : ''
  return `Stopped: ${numberText(deleted)} of ${ticketsText(total)} deleted.${rest}${stayed}`
}

/** `3 tickets stayed.` */
function keptText(count: number): string {
  return `${ticketsText(count)} stayed.`
}

/** Whether what was typed is the number of tickets: `1,204` or `1204`. */
export function isCount(typed: string, count: number): boolean {
  const digits = typed.replaceAll(/[\s,.’']/g, '')
  return digits !== '' && digits === String(count)
}
