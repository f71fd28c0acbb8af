import { Type, type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import type { FoundTicket } from './jira.ts'
import { parseJiraStamp } from './timestamp.ts'

/** The fields to ask a search for: search/jql answers with the id alone when it is not told. */
export const TICKET_FIELDS = ['summary', 'priority', 'status', 'created', 'updated', 'labels', 'project']

/** An issue of a search with these fields. jira.js leaves `fields` unchecked. */
const Issue = Type.Object({
  id: Type.String({ minLength: 1 }),
  key: Type.String({ minLength: 1 }),
  properties: Type.Optional(Type.Object({})),
  fields: Type.Object({
    summary: Type.String(),
    // Null, or left out, where the project has no priorities.
    priority: Type.Optional(
      Type.Union([Type.Object({ id: Type.String(), name: Type.String() }), Type.Null()]),
    ),
    status: Type.Object({ name: Type.String() }),
    created: Type.String(),
    updated: Type.String(),
    labels: Type.Array(Type.String()),
    project: Type.Object({ key: Type.String() }),
  }),
})
type Issue = Static<typeof Issue>

const issuePage = Compile(Type.Array(Issue))
const oneIssue = Compile(Issue)

const NO_PRIORITY = { id: '', name: 'None' }

/** A page's tickets, or what is wrong with the first that is none, naming its key. */
export type TicketsOfPage =
  | { readonly ok: true; readonly tickets: FoundTicket[] }
  | { readonly ok: false; readonly wrong: string }

/** Checks and reads the issues of a search. `property` is the issue property that was asked for, or null. */
export function readTickets(issues: unknown, property: string | null): TicketsOfPage {
  if (!issuePage.Check(issues)) return { ok: false, wrong: firstMalformed(issues) }
  const tickets: FoundTicket[] = []
  for (const issue of issues) {
    const ticket = toTicket(issue, property)
    if (Number.isNaN(ticket.createdMs)) return { ok: false, wrong: `${issue.key} (created is no time)` }
    if (Number.isNaN(ticket.updatedMs)) return { ok: false, wrong: `${issue.key} (updated is no time)` }
    tickets.push(ticket)
  }
  return { ok: true, tickets }
}

function toTicket({ id, key, fields, properties }: Issue, property: string | null): FoundTicket {
  const priority = fields.priority ?? NO_PRIORITY
  return {
    id,
    key,
    projectKey: fields.project.key,
    title: fields.summary,
    priorityId: priority.id,
    priorityName: priority.name,
    status: fields.status.name,
    createdMs: parseJiraStamp(fields.created),
    updatedMs: parseJiraStamp(fields.updated),
    labels: fields.labels,
    property: property === null ? undefined : (properties as Record<string, unknown> | undefined)?.[property],
  }
}

function firstMalformed(issues: unknown): string {
  if (!Array.isArray(issues)) return 'no list of tickets'
  const index = issues.findIndex((issue) => !oneIssue.Check(issue))
  const issue = issues[index] as { key?: unknown; id?: unknown } | null
  const name = [issue?.key, issue?.id].find((value) => typeof value === 'string') ?? `number ${index + 1}`
  const path = oneIssue.Errors(issue)[0]?.instancePath.slice(1).replaceAll('/', '.') ?? ''
  return `${name} (${path === '' ? 'not a ticket' : path})`
}
