import { Type, type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { PRIORITY_FIELD } from '../../src-shared/domain/ticket.ts'
import { isRehearsed } from '../generator/marks.ts'
import { brokenAnswer } from './errors.ts'
import type { FoundTicket } from './jira.ts'
import type { Link } from './link.ts'

const STAMP =
  /^(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d{1,9}))?(?:Z|([+-])([01]\d):?([0-5]\d))$/

const ID_AND_NAME = Type.Object({ id: Type.String(), name: Type.String() })

/** A choice of a select field. https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-custom-field-options/ */
const ID_AND_VALUE = Type.Object({ id: Type.String(), value: Type.String() })

const NO_PRIORITY = { id: '', name: 'None' }

/** An issue with the fields that every reader asks for. jira.js leaves `fields` unchecked. */
const Issue = Type.Object({
  id: Type.String({ minLength: 1 }),
  key: Type.String({ minLength: 1 }),
  properties: Type.Optional(Type.Object({})),
  fields: Type.Object({
    summary: Type.String(),
    status: Type.Object({ name: Type.String() }),
    created: Type.String(),
    updated: Type.String(),
    labels: Type.Array(Type.String()),
    project: Type.Object({ key: Type.String() }),
    issuetype: Type.Optional(Type.Unknown()),
    components: Type.Optional(Type.Unknown()),
    reporter: Type.Optional(Type.Unknown()),
  }),
})

type Issue = Static<typeof Issue>

const ASKED = [
  'summary',
  'status',
  'created',
  'updated',
  'labels',
  'project',
  'issuetype',
  'components',
  'reporter',
] as const

export type TicketReader = ReturnType<typeof createTicketReader>

/** Reads tickets whose priority is the value of `watchedField`: `priority`, or a select field as `customfield_10050`. */
export function createTicketReader(watchedField: string, { host, redact }: Pick<Link, 'host' | 'redact'>) {
  const isPriority = watchedField === PRIORITY_FIELD
  // Null, or left out, where the ticket has no value or the project no such field.
  const value = Type.Optional(Type.Union([isPriority ? ID_AND_NAME : ID_AND_VALUE, Type.Null()]))
  const fields = Type.Intersect([Issue.properties.fields, Type.Object({ [watchedField]: value })])
  const Watched = Type.Object({ ...Issue.properties, fields })
  // Compiled when the first page comes: a connection that only asks who it is has no pages.
  let issuePage: ReturnType<typeof Compile> | undefined
  const broken = (wrong: string): Error =>
    brokenAnswer(host, 'shape', `with a ticket that cannot be read: ${redact(wrong)}`)
  return {
    /** The fields to ask for: search/jql answers with the id alone when they are not named. */
    fields: [...ASKED, watchedField],
    /**
     * Checks and reads issues with these fields, `property` being the issue property that was asked for. Throws
     * `jira-broken`, naming the first that cannot be read: none is ever left out.
     */
    read(issues: unknown, property: string | null): FoundTicket[] {
      issuePage ??= Compile(Type.Array(Watched))
      if (!issuePage.Check(issues)) throw broken(firstMalformed(issues, Compile(Watched)))
      return (issues as Issue[]).map((issue) => {
        const ticket = toTicket(issue, watchedField, property)
        if (Number.isNaN(ticket.createdMs)) throw broken(`${issue.key} (created is no time)`)
        if (Number.isNaN(ticket.updatedMs)) throw broken(`${issue.key} (updated is no time)`)
        return ticket
      })
    },
  }
}

function toTicket(
  { id, key, fields, properties }: Issue,
  watchedField: string,
  property: string | null,
): FoundTicket {
  const watched = valueOf((fields as Record<string, unknown>)[watchedField])
  return {
    id,
    key,
    projectKey: fields.project.key,
    title: fields.summary,
    priorityId: watched.id,
    priorityName: watched.name,
    status: fields.status.name,
    createdMs: parseJiraStamp(fields.created),
    updatedMs: parseJiraStamp(fields.updated),
    labels: fields.labels,
    rehearsed: isRehearsed(fields.labels),
    ...fieldsOf(fields),
    property: property === null ? undefined : (properties as Record<string, unknown> | undefined)?.[property],
  }
}

/**
 * What a ticket may be split by. Of another form than Jira's, or absent, it is not known, and the ticket is read all the
 * same. By hand, since it is done for each ticket that is fetched.
 */
function fieldsOf({ issuetype, components, reporter }: Issue['fields']) {
  const issueType = textOf(issuetype, 'name')
  const names = Array.isArray(components)
    ? components.map((one: unknown) => textOf(one, 'name'))
    : [undefined]
  const reporterId = reporter === null ? null : personId(reporter)
  return {
    ...(issueType !== undefined && { issueType }),
    ...(names.every((name) => name !== undefined) && { components: names }),
    ...(reporterId !== undefined && { reporterId }),
  }
}

/** Cloud knows people by account ids, Data Center by keys that outlive their names. */
function personId(person: unknown): string | undefined {
  return textOf(person, 'accountId') ?? textOf(person, 'key') ?? textOf(person, 'name')
}

function textOf(thing: unknown, name: string): string | undefined {
  const text = (thing as Readonly<Record<string, unknown>> | null | undefined)?.[name]
  return typeof text === 'string' && text !== '' ? text : undefined
}

/** The value of a watched field, which the schema has checked. */
function valueOf(field: unknown): { id: string; name: string } {
  const value = field as { id: string; name?: string; value?: string } | null | undefined
  return value ? { id: value.id, name: value.name ?? value.value ?? '' } : NO_PRIORITY
}

function firstMalformed(issues: unknown, oneIssue: ReturnType<typeof Compile>): string {
  if (!Array.isArray(issues)) return 'no list of tickets'
  const index = issues.findIndex((issue) => !oneIssue.Check(issue))
  const issue = issues[index] as { key?: unknown; id?: unknown } | null
  const name = [issue?.key, issue?.id].find((value) => typeof value === 'string') ?? `number ${index + 1}`
  const path = oneIssue.Errors(issue)[0]?.instancePath.slice(1).replaceAll('/', '.') ?? ''
  return `${name} (${path === '' ? 'not a ticket' : path})`
}

/**
 * Epoch ms of a Jira time stamp such as `2026-09-27T10:03:11.123+0200`, NaN where it is none. Jira prints the site's
 * zone and no colon in the offset, which `Date.parse` takes only by a fallback that takes much else, too.
 */
export function parseJiraStamp(text: string): number {
  const parts = STAMP.exec(text)
  if (parts === null) return Number.NaN
  const [year = 0, month = 1, day, hour, minute, second] = parts.slice(1, 7).map(Number)
  const [fraction = '', sign, offsetHours = '0', offsetMinutes = '0'] = parts.slice(7)
  const ms = Number(fraction.slice(0, 3).padEnd(3, '0'))
  const localMs = Date.UTC(year, month - 1, day, hour, minute, second, ms)
  const offsetMs = (Number(offsetHours) * 60 + Number(offsetMinutes)) * 60_000
  return sign === '-' ? localMs + offsetMs : localMs - offsetMs
}
