import { Type, type Static } from 'typebox'
import type { NewIssue } from './issue-record.ts'
import { checked } from '../http/checked.ts'
import { badFields, badRequest } from '../http/jira-error.ts'

const IssueProperty = Type.Object({
  key: Type.String({ minLength: 1, maxLength: 255 }),
  value: Type.Unknown(),
})

/** The body of a create or an edit. */
const IssueBody = Type.Object({
  fields: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  update: Type.Optional(
    Type.Record(Type.String(), Type.Array(Type.Record(Type.String(), Type.Unknown()), { minItems: 1 })),
  ),
  properties: Type.Optional(Type.Array(IssueProperty, { maxItems: 100 })),
})

/** What a request makes of a field's old value. */
export type FieldEdit = (old: unknown) => unknown

/** The edits that a body asks for, by field, and its issue properties. Throws Jira's 400 where it is no such body. */
export function readIssueBody(body: unknown): {
  edits: ReadonlyMap<string, FieldEdit>
  properties: NewIssue['properties']
} {
  const { fields = {}, update = {}, properties = [] } = checked(IssueBody, body)
  const edits = new Map<string, FieldEdit>()
  for (const [name, value] of Object.entries(fields)) edits.set(name, () => value)
  for (const [name, operations] of Object.entries(update)) {
    if (edits.has(name)) {
      throw badFields({ [name]: `Field '${name}' cannot appear in both 'fields' and 'update'` })
    }
    edits.set(name, (old) => operations.reduce((value, operation) => applied(name, operation, value), old))
  }
  return { edits, properties: properties.map(checkedProperty) }
}

const MAX_PROPERTY_LENGTH = 32_768

/** Throws a 400 where there is no value, or one that is too long for Jira. */
export function checkedProperty(property: Static<typeof IssueProperty>): NewIssue['properties'][number] {
  if (property.value === undefined) throw badRequest('The property value must be a non-empty JSON value.')
  if (JSON.stringify(property.value).length > MAX_PROPERTY_LENGTH) {
    throw badRequest(
      `The value of the property '${property.key}' is longer than ${MAX_PROPERTY_LENGTH} characters.`,
    )
  }
  return property
}

function applied(name: string, operation: Readonly<Record<string, unknown>>, old: unknown): unknown {
  const [verb = '', value] = Object.entries(operation)[0] ?? []
  if (verb === 'set') return value
  const list = Array.isArray(old) ? (old as unknown[]) : []
  if (name === 'labels' && verb === 'add') return [...list, value]
  if (name === 'components' && verb === 'add') return [...list, value]
  if (name === 'labels' && verb === 'remove') return list.filter((entry) => entry !== value)
  throw badFields({
    [name]: `Field with id '${name}' and name '${name}' does not support operation '${verb}'.`,
  })
}
