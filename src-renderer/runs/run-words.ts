import type { RunProgress, Session } from '../../src-shared/contract/models.ts'
import { durationWords } from '../live/time-words.ts'
import type { WantedRun } from './run-request.ts'

/** From here on a run that lags behind its plan is called late. */
const LATE_MS = 1_000

/** Whether a run keeps to its plan: `on time, late p95 8 ms`. Nothing before its first ticket. */
export function paceWords({ latenessP95Ms }: RunProgress): string {
  if (latenessP95Ms === null) return ''
  const late = latenessP95Ms < 1_000 ? `${Math.round(latenessP95Ms)} ms` : durationWords(latenessP95Ms)
  return latenessP95Ms < LATE_MS ? `on time, late p95 ${late}` : `behind its plan, late p95 ${late}`
}

/** Why a run does not go on. What is wrong with its store is told elsewhere, at length. */
export function reasonWords({ reason, waits }: RunProgress, storeFails: boolean): string | null {
  return waits && storeFails ? 'It waits for the store, and goes on by itself when that is back.' : reason
}

/** What went wrong with single tickets, one sentence each. */
export function troubleWords({ failed, unknown }: RunProgress): string[] {
  const sentences: string[] = []
  if (failed > 0)
    sentences.push(`Jira refused ${ticketCount(failed)}; ${failed === 1 ? 'it was' : 'they were'} not made.`)
  if (unknown > 0) {
    const it = unknown === 1 ? 'it is' : 'they are'
    sentences.push(`The outcome of ${ticketCount(unknown)} is not known; ${it} not sent again unasked.`)
  }
  return sentences
}

/** How a run that does not go on ended: `Done: 100 of 100 tickets made. Seed 7.` */
export function endWords({ state, created, planned, seed }: RunProgress): string {
  const how = state === 'done' ? 'Done' : state === 'broken' ? 'Interrupted' : 'Stopped'
  return `${how}: ${created} of ${ticketCount(planned)} made. Seed ${seed}.`
}

/** Names what is about to be made, and where: `Make 100 tickets in acme.atlassian.net?` */
export function startQuestion({ site }: Session, { count }: WantedRun): string {
  return `Make ${ticketCount(count)} in ${site.label}?`
}

/** What a run in a Jira that other people use means for them. */
export function startWords({ site, projectKey }: Session, { count, minutes }: WantedRun): string {
  const where = projectKey === null ? site.label : `project ${projectKey} of ${site.label}`
  const span = `${minutes.toLocaleString('en-GB')} ${minutes === 1 ? 'minute' : 'minutes'}`
  return (
    `This is a real Jira. In ${span}, ${ticketCount(count)} will be in ${where} for everyone to see, and Jira may ` +
    `send mail about them. Each carries the run’s label, by which they can be found and deleted.`
  )
}

function ticketCount(count: number): string {
  return `${count.toLocaleString('en-GB')} ${count === 1 ? 'ticket' : 'tickets'}`
}
