import { readFile } from 'node:fs/promises'
import type { Priority, Ticket } from '../../src-shared/domain/ticket.ts'
import { projectFile } from '../project-files.ts'
import type { Store } from '../store/store.ts'
import { parseSampleLine } from './sample-ticket.ts'

const SCOPE = 'sample'

/** The hour that the sample's tickets were created in. */
export const SAMPLE_FROM_MS = Date.UTC(2026, 0, 15, 14)
export const SAMPLE_TO_MS = Date.UTC(2026, 0, 15, 15)

export function sampleFile(): string {
  return projectFile('data', 'sample-hour.jsonl')
}

/** The sample's tickets, oldest first, with the priorities of a Jira that has the usual five. */
export async function readSample(): Promise<Ticket[]> {
  const lines = (await readFile(sampleFile(), 'utf8')).trimEnd().split('\n')
  return lines.map((line, index) => parseSampleLine(line, index + 1))
}

/**
 * Stores the sample hour among the tickets of a site, in the one project that is shown or else one of its own, so that
 * there is something to look at without fetching. `priorities` are those that the site watches, most urgent first: the sample's Highest and High
 * become the first two of them. Loading it again changes nothing.
 */
export async function loadSample(options: {
  readonly store: Pick<Store, 'applyPage'>
  readonly siteId: string
  readonly priorities: readonly Priority[]
  /** Null: the sample has a project of its own, SAMPLE. */
  readonly projectKey: string | null
  /** Site epoch ms. */
  readonly atMs: number
}): Promise<{ loaded: number; fromMs: number; toMs: number }> {
  const { store, siteId, priorities, projectKey, atMs } = options
  const tickets = (await readSample()).map((ticket) => ({
    ...withPriorityOf(ticket, priorities),
    projectKey: projectKey ?? ticket.projectKey,
  }))
  const page = { siteId, scope: SCOPE, seenAtMs: atMs, tickets, leavers: [], watermarkMs: null }
  await store.applyPage({ ...page, source: 'sample' })
  return { loaded: tickets.length, fromMs: SAMPLE_FROM_MS, toMs: SAMPLE_TO_MS }
}

/** Urgent ones take the site's own ids. The others get ids that no site has, or they might be watched by accident. */
function withPriorityOf(ticket: Ticket, watched: readonly Priority[]): Ticket {
  const rank = ['Highest', 'High'].indexOf(ticket.priorityName)
  const priority = rank < 0 ? undefined : (watched[rank] ?? watched.at(-1))
  return priority === undefined
    ? { ...ticket, priorityId: `sample-${ticket.priorityId}` }
    : { ...ticket, priorityId: priority.id, priorityName: priority.name }
}
