import { Type, type Static, type TSchema } from 'typebox'
import { Check } from 'typebox/value'
import { PRIORITY_FIELD, type Priority } from '../../src-shared/domain/ticket.ts'
import { JiraError } from './errors.ts'
import type { CreatableType, NewTicket, SelectField } from './jira.ts'

/** A field of a create screen, as Cloud and Data Center describe it alike. */
export interface ScreenField {
  readonly fieldId: string
  readonly name: string
  readonly required: boolean
  readonly hasDefaultValue?: boolean | undefined
  readonly allowedValues?: readonly unknown[] | undefined
  readonly schema?: { readonly type?: string | undefined } | undefined
}

/** What `create` writes, whatever the project. */
const FILLED_IN: ReadonlySet<string> = new Set(['project', 'issuetype', 'summary', 'description', 'labels'])

const Named = Type.Object({ id: Type.String(), name: Type.String() })

const Choice = Type.Object({
  id: Type.String(),
  value: Type.String(),
  disabled: Type.Optional(Type.Boolean()),
})

/** What a create screen takes and demands. */
export function readScreen(
  fields: readonly ScreenField[],
  watchedField: string,
): Pick<CreatableType, 'priorities' | 'selects' | 'demands'> {
  return {
    priorities: settablePriorities(fields),
    selects: settableSelects(fields),
    demands: demandedFields(fields, watchedField),
  }
}

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
export function newIssue<D>(
  ticket: NewTicket,
  { watchedField, description }: { readonly watchedField: string; readonly description: D },
) {
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

/**
 * True where Jira deleted a ticket; false where it answered that there is none, but not before it has said that it still
 * knows us: to nobody, it shows none. Throws everything else that the deletion throws.
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
