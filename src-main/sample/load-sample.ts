import { createReadStream } from 'node:fs'
import type { Priority, Ticket } from '../../src-shared/domain/ticket.ts'
import { projectFile } from '../runtime/project-files.ts'
import type { TicketStore } from '../store/store.ts'
import { readJsonLines } from '../transfer/ticket-rows.ts'
import { readTickets } from '../transfer/imported-ticket.ts'
import { isBad } from '../transfer/source-row.ts'

const SCOPE = 'sample'

/** The hour that the sample's tickets were created in. */
export const SAMPLE_FROM_MS = Date.UTC(2026, 0, 15, 14)
export const SAMPLE_TO_MS = Date.UTC(2026, 0, 15, 15)

export function sampleFile(): string {
  return projectFile('data', 'sample-hour.jsonl')
}

/**
 * The sample's tickets, oldest first, with the priorities of a Jira that has the usual five. The file is as
 * `jira-tpm export` writes it. Throws an Error that names the line where one is no ticket: it ships with the program.
 */
export async function readSample(file = sampleFile()): Promise<Ticket[]> {
  const tickets: Ticket[] = []
  const pieces = createReadStream(file, 'utf8') as AsyncIterable<string>
  const rows = readJsonLines(pieces, { name: file, onUnknown: refuseColumn })
  for await (const row of readTickets(rows, { watched: [], zone: 'UTC' })) {
    if (isBad(row)) throw new Error(`Line ${row.at} of the sample: ${row.reason}`)
    tickets.push(row.ticket)
  }
  return tickets
}

function refuseColumn(column: string): never {
  throw new Error(`The sample has a column ${column}`)
}

/**
 * Stores the sample hour among the tickets of a site, in the one project that is shown or else one of its own, so that
 * there is something to look at without fetching. `priorities` are those that the site watches, most urgent first: the sample's Highest and High
 * become the first two of them. Loading it again changes nothing.
 */
export async function loadSample(options: {
  readonly store: Pick<TicketStore, 'applyPage'>
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
  const page = { siteId, scope: SCOPE, seenAtMs: atMs, tickets, removals: [], watermarkMs: null }
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
