import type { Lateness, RunProgress } from '../../src-shared/contract/runs/runs.ts'
import type { Session } from '../../src-shared/contract/tickets.ts'
import { reasonText, waitsForStore, WAITS_FOR_STORE } from '../../src-shared/domain/run/run-reason.ts'
import { durationText, minutesText, ticketsText } from '../live/text.ts'
import type { RunPreview } from './run-request.ts'

/** From here on a run that lags behind its plan is called late. */
const LATE_MS = 1_000

/** Whether a run keeps to its plan: `on time, late p50 3 ms, p95 8 ms, max 40 ms`. Nothing before its first ticket. */
export function paceText({ lateness }: Pick<RunProgress, 'lateness'>): string {
  if (lateness === null) return ''
  return `${lateness.p95Ms < LATE_MS ? 'on time' : 'behind its plan'}, ${latenessText(lateness)}`
}

/** `late p50 3 ms, p95 8 ms, max 40 ms`. */
export function latenessText({ p50Ms, p95Ms, maxMs }: Lateness): string {
  return `late p50 ${lateText(p50Ms)}, p95 ${lateText(p95Ms)}, max ${lateText(maxMs)}`
}

function lateText(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : durationText(ms)
}

/** Why a run does not go on. What is wrong with its store is shown at another place, at length. */
export function shownReason(run: RunProgress, storeFails: boolean): string | null {
  return storeFails && waitsForStore(run) ? WAITS_FOR_STORE : reasonText(run)
}

/** Why no ticket comes of a run that is not over, in a word. */
export function restText(run: RunProgress): string {
  if (run.state === 'broken') return 'interrupted'
  return waitsForStore(run) ? 'waiting' : 'paused'
}

/** What went wrong with single tickets, one sentence each. */
export function troubleText({ failed, unknown, skipped }: RunProgress): string[] {
  const sentences: string[] = []
  if (failed > 0)
    sentences.push(`${ticketsText(failed)} ${failed === 1 ? 'was' : 'were'} not made; the audit says why.`)
  if (unknown > 0) {
    const it = unknown === 1 ? 'it is' : 'they are'
    sentences.push(`The outcome of ${ticketsText(unknown)} is not known; ${it} not sent again unasked.`)
  }
  if (skipped > 0)
    sentences.push(`${ticketsText(skipped)} ${skipped === 1 ? 'was' : 'were'} skipped, and not made.`)
  return sentences
}

/** How a run that does not go on ended: `Done: 100 of 100 tickets made. Seed 7.` */
export function endText({ state, created, planned, seed }: RunProgress): string {
  const how = state === 'done' ? 'Done' : state === 'broken' ? 'Interrupted' : 'Stopped'
  return `${how}: ${created.toLocaleString('en-GB')} of ${ticketsText(planned)} made. Seed ${seed}.`
}

/** What a clean-up has deleted of it; nothing where none has. */
export function removedText({ removed }: RunProgress): string | null {
  return removed === 0
    ? null
    : `${ticketsText(removed)} of it ${removed === 1 ? 'was' : 'were'} deleted from Jira.`
}

/** What a run is at, as far as that decides what can be done with it; nothing of this where there is none. */
export function standingOf(run: RunProgress | null) {
  const { state, unknown, missed } = run ?? { unknown: 0, missed: 0 }
  const isUnderWay = state === 'running' || state === 'paused'
  const hasEnded = state === 'done' || state === 'stopped'
  const inDoubt = hasEnded && unknown > 0
  return {
    isUnderWay,
    hasEnded,
    /** It has ended, with tickets whose outcome is unknown. */
    inDoubt,
    /** It does not go on by itself. */
    stands: state === 'broken' || (run?.state === 'paused' && !waitsForStore(run)),
    /** What becomes of slots that were missed, or are in doubt, is chosen by a person. */
    mustChoose: missed > 0 || inDoubt,
  }
}

/** Slots that would still be made if the run went on. */
export function ticketsLeft({ planned, created, failed, unknown, skipped }: RunProgress): number {
  return Math.max(0, planned - created - failed - unknown - skipped)
}

/** Names what is about to be made, and where: `Make 100 tickets in acme.atlassian.net?` */
export function startQuestion({ site }: Session, { count }: RunPreview): string {
  return `Make ${ticketsText(count)} in ${site.label}?`
}

/** What rehearsing in a Jira that other people use would do, before anything is asked for. */
export function rehearsalText(session: Session): string {
  return (
    `A rehearsal makes tickets in ${placeText(session, [])}, for everyone there to see. ` +
    `You see its plan first, and are asked before the first ticket.`
  )
}

/** How a run ended in the chart: `Planned 32, charted 32, latest 18 ms late`. */
export function chartedLineText(
  { planned, charted }: { readonly planned: number; readonly charted: number },
  { lateness }: Pick<RunProgress, 'lateness'>,
): string {
  const numbers = `Planned ${planned.toLocaleString('en-GB')}, charted ${charted.toLocaleString('en-GB')}`
  return lateness === null ? numbers : `${numbers}, latest ${lateText(lateness.maxMs)} late`
}

/** What a run in a Jira that other people use means for them. */
export function startText(session: Session, { request, count, minutes }: RunPreview): string {
  const where = placeText(session, Object.keys(request.projects ?? {}))
  return (
    `This is a real Jira. In ${minutesText(minutes)}, ${ticketsText(count)} will be in ${where} for everyone to see, ` +
    `and Jira may send mail about them. Each carries the run’s label, by which they can be found and deleted.`
  )
}

function placeText({ site, projectKey }: Session, projects: readonly string[]): string {
  if (projects.length > 1) return `the projects ${projects.join(', ')} of ${site.label}`
  const project = projects[0] ?? projectKey
  return project === null ? site.label : `project ${project} of ${site.label}`
}
