import { Type, type Static, type TSchema } from 'typebox'
import { Check, Errors } from 'typebox/value'
import { PRIORITY_FIELD, type Priority } from '../../src-shared/domain/ticket.ts'
import { brokenAnswer, createFailure, JiraError } from './errors.ts'
import { parseJiraStamp } from './issue.ts'
import type {
  CreatableType,
  CreatedTicket,
  NewTicket,
  Permissions,
  SelectField,
  ServerFacts,
} from './jira.ts'
import type { Link, SendOptions } from './link.ts'
import { READ_REPEATS } from './retry.ts'
import type { HttpAnswer, HttpRequest } from './transport.ts'

/** How a site is read. */
export interface JiraReading {
  /** The field whose value decides what is watched; `priority` where absent. */
  readonly watchedField?: string
  /** Entries of one page of a list (projects, priorities, create-meta). */
  readonly listPageSize?: number
}

export const LIST_PAGE_SIZE = 50

/** What an endpoint gave, and what its last answer said besides: see `HttpAnswer`. */
export interface Answered<T> extends Omit<HttpAnswer, 'data'> {
  readonly result: T
}

/** Sends a request and checks its answer. Throws `jira-broken`, naming the place, where it has another shape. */
export async function ask<S extends TSchema>(
  { host, send, redact }: Pick<Link, 'host' | 'send' | 'redact'>,
  schema: S,
  request: HttpRequest,
  options: SendOptions,
): Promise<Answered<Static<S>>> {
  const { data, ...said } = await send(request, options)
  if (Check(schema, data)) return { result: data, ...said }
  const { instancePath = '', message = 'another type' } = Errors(schema, data)[0] ?? {}
  // Where it is wrong, and how: `0.id must be string`.
  const wrong = redact(`${instancePath.slice(1).replaceAll('/', '.')} ${message}`.trim())
  const { method, path } = request
  throw brokenAnswer(host, 'shape', `${method} ${path} with another shape than agreed (${wrong})`)
}

/** Jira sends null for what it leaves out in other answers. */
export function optional<S extends TSchema>(schema: S) {
  return Type.Optional(Type.Union([schema, Type.Null()]))
}

/** `serverTime` is missing on some Data Center servers. */
const ServerInfo = Type.Object({
  version: optional(Type.String({ maxLength: 100 })),
  deploymentType: optional(Type.String()),
  serverTime: optional(Type.String()),
})

/** Asks a server what it is, which it says to anybody. The path is one that Cloud and Data Center share. */
export async function askServer(link: Link, signal: AbortSignal): Promise<ServerFacts> {
  const request = { method: 'GET', path: '/rest/api/2/serverInfo' }
  const { result, siteMs, tookMs } = await ask(link, ServerInfo, request, { repeats: READ_REPEATS, signal })
  const { version, deploymentType, serverTime } = result
  if (typeof version !== 'string') {
    throw brokenAnswer(link.host, 'shape', 'without saying which Jira it is')
  }
  // Its own time is exact; `Date` has whole seconds, and may be that of a proxy on the way.
  const ownMs = parseJiraStamp(serverTime ?? '')
  const nowMs = Number.isNaN(ownMs) ? siteMs : ownMs
  if (Number.isNaN(nowMs)) throw brokenAnswer(link.host, 'shape', 'without a date')
  // Servers say "Server", also those of Data Center.
  return { deployment: deploymentType === 'Cloud' ? 'cloud' : 'data-center', version, siteMs: nowMs, tookMs }
}

export const PERMISSIONS = {
  browse: 'BROWSE_PROJECTS',
  create: 'CREATE_ISSUES',
  delete: 'DELETE_ISSUES',
} as const

export function readPermissions(permissions: Readonly<Record<string, unknown>>): Permissions {
  const has = (name: string): boolean =>
    (permissions[name] as { havePermission?: unknown } | null | undefined)?.havePermission === true
  return {
    browse: has(PERMISSIONS.browse),
    create: has(PERMISSIONS.create),
    delete: has(PERMISSIONS.delete),
  }
}

/** A page of a list that is read by offset. */
interface OffsetPage<T> {
  readonly values: readonly T[]
  /** True on the last page, where the endpoint says so. */
  readonly isLast?: boolean | undefined
  /** How many there are in all, where the endpoint says so. */
  readonly total?: number | undefined
}

type ReadPage<T> = (startAt: number) => Promise<OffsetPage<T>>

/** All values of a list, page after page. A short page does not end it: Jira may give less than was asked for. */
export async function allPages<T>(readPage: ReadPage<T>): Promise<T[]> {
  const all: T[] = []
  for (;;) {
    const { values, isLast, total } = await readPage(all.length)
    all.push(...values)
    if (values.length === 0 || isLast === true || (total !== undefined && all.length >= total)) return all
  }
}

/** An issue type, as Cloud and Data Center describe it alike. */
interface ScreenType {
  readonly id?: string | undefined
  readonly name?: string | undefined
  readonly subtask?: boolean | undefined
}

/** A field of a create screen, as Cloud and Data Center describe it alike. */
interface ScreenField {
  readonly fieldId: string
  readonly name: string
  readonly required: boolean
  readonly hasDefaultValue?: boolean | undefined
  readonly allowedValues?: readonly unknown[] | undefined
  readonly schema?: { readonly type?: string | undefined } | undefined
}

/** The issue types that can be created in a project, each with what its create screen takes and demands. */
export async function creatableTypes(
  watchedField: string,
  readTypes: ReadPage<ScreenType>,
  fieldsOf: (typeId: string) => ReadPage<ScreenField>,
): Promise<CreatableType[]> {
  const creatable: CreatableType[] = []
  for (const { id, name, subtask = false } of await allPages(readTypes)) {
    if (id === undefined || name === undefined) continue
    const fields = await allPages(fieldsOf(id))
    creatable.push({
      id,
      name,
      subtask,
      priorities: settablePriorities(fields),
      selects: settableSelects(fields),
      demands: demandedFields(fields, watchedField),
    })
  }
  return creatable
}

/** What `create` writes, whatever the project. */
const FILLED_IN: ReadonlySet<string> = new Set(['project', 'issuetype', 'summary', 'description', 'labels'])

const Named = Type.Object({ id: Type.String(), name: Type.String() })

const Choice = Type.Object({
  id: Type.String(),
  value: Type.String(),
  disabled: Type.Optional(Type.Boolean()),
})

/** The priorities that can be given; none where the screen has no priority field. */
function settablePriorities(fields: readonly ScreenField[]): Priority[] {
  const field = fields.find(({ fieldId }) => fieldId === PRIORITY_FIELD)
  return valuesOf(Named, field).map(({ id, name }) => ({ id, name }))
}

/** The custom fields of one choice among several, each with its choices. */
function settableSelects(fields: readonly ScreenField[]): SelectField[] {
  return fields.flatMap((field) => {
    if (!/^customfield_\d{1,12}$/.test(field.fieldId) || field.schema?.type !== 'option') return []
    const values = [
      ...valuesOf(Choice, field).flatMap(({ id, value, disabled }) =>
        disabled === true ? [] : [{ id, name: value }],
      ),
      ...valuesOf(Named, field).map(({ id, name }) => ({ id, name })),
    ]
    return values.length === 0 ? [] : [{ field: { id: field.fieldId, name: field.name }, values }]
  })
}

/** Names of the fields without which nothing is created, which have no default, and which `create` does not write. */
function demandedFields(fields: readonly ScreenField[], watchedField: string): string[] {
  return fields
    .filter(({ required, hasDefaultValue = false }) => required && !hasDefaultValue)
    .filter(({ fieldId }) => !FILLED_IN.has(fieldId) && fieldId !== watchedField)
    .map(({ name }) => name)
}

function valuesOf<T extends TSchema>(schema: T, field: ScreenField | undefined): Static<T>[] {
  return (field?.allowedValues ?? []).filter((value): value is Static<T> => Check(schema, value))
}

/**
 * The body of a create, the same for both kinds of Jira but for the form of its description. Where another field than
 * the priority is watched, the priority is left to its default.
 */
export function newIssue<D>(ticket: NewTicket, watchedField: string, description: D) {
  return {
    fields: {
      project: { key: ticket.projectKey },
      issuetype: { id: ticket.issueTypeId },
      ...(ticket.priorityId === '' ? {} : { [watchedField]: { id: ticket.priorityId } }),
      summary: ticket.title,
      description,
      labels: [...ticket.labels],
    },
    properties: ticket.properties.map(({ key, value }) => ({ key, value })),
  }
}

/** The ticket that a create made. Throws `ambiguous` where it may have been made all the same. */
export async function createdTicket(creation: Promise<Answered<CreatedTicket>>): Promise<CreatedTicket> {
  try {
    const { id, key } = (await creation).result
    return { id, key }
  } catch (error) {
    throw createFailure(error)
  }
}

/**
 * True where Jira deleted a ticket; false where it answered that there is none, but not before it has said that it still
 * knows us: to an anonymous caller it shows none. Throws everything else that the deletion throws.
 */
export async function deletedOrGone(
  deletion: Promise<unknown>,
  askWhoWeAre: () => Promise<unknown>,
): Promise<boolean> {
  try {
    await deletion
    return true
  } catch (error) {
    if (!(error instanceof JiraError) || error.status !== 404) throw error
    await askWhoWeAre()
    return false
  }
}
