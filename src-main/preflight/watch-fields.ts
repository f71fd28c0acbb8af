import type { Priority, WatchedField } from '../../src-shared/domain/ticket.ts'
import { settableValues } from '../generator/new-run.ts'
import type { CreatableType, SelectField } from '../jira/jira.ts'
import { looksLikeSeverity } from './severity-name.ts'

/** So many fields can be chosen from; a create screen may have hundreds. */
const MAX_FIELDS = 50

/** The values of a field over all types, each once, in the order in which they are met. */
export function valuesOf(types: readonly CreatableType[], field: WatchedField): Priority[] {
  const values = new Map<string, Priority>()
  for (const value of types.flatMap((type) => settableValues(type, field))) values.set(value.id, value)
  return [...values.values()]
}

/**
 * The fields that a person may have watched besides priority: those that look like a severity, else every select field,
 * since a severity may be called anything; and always the one that is chosen.
 */
export function severityFields(types: readonly CreatableType[], chosen: WatchedField): SelectField[] {
  const fields = new Map(
    types.flatMap(({ selects }) => selects).map(({ field }) => [field.id, field] as const),
  )
  const all = [...fields.values()]
  const alike = all.filter(({ name }) => looksLikeSeverity(name))
  const offered = (alike.length > 0 ? alike : all).slice(0, MAX_FIELDS)
  const own = fields.get(chosen.id)
  return [...new Set(own === undefined ? offered : [...offered, own])].map((field) => ({
    field,
    values: valuesOf(types, field),
  }))
}
