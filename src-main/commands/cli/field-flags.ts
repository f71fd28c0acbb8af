import type { CountsSplit, SplitField, TicketFilter } from '../../../src-shared/contract/fields.ts'
import { tickets } from '../../../src-shared/domain/sentences.ts'
import { option, repeated } from './define-command.ts'
import { flagValue, oneOf } from './options.ts'

/** What a person calls the fields that tickets are filtered by. */
const FILTERED = {
  project: 'projects',
  type: 'issueTypes',
  component: 'components',
  label: 'labels',
  rehearsed: 'rehearsed',
} as const satisfies Record<string, keyof TicketFilter>

/** And split by. */
const SPLIT = {
  project: 'project',
  type: 'issueType',
  component: 'component',
  label: 'label',
  reporter: 'reporter',
  rehearsed: 'rehearsed',
} as const satisfies Record<string, SplitField>

export interface Condition {
  readonly field: keyof typeof FILTERED
  readonly value: string
}

export const ONLY_FLAG = {
  only: repeated(
    '<field=value>',
    'only tickets of a project, type, component, label, or rehearsed=yes or no; given again, of another value or field, too',
    flagValue('a field and its value, as project=OPS', readCondition, {
      hint: `Fields are ${Object.keys(FILTERED).join(', ')}; of rehearsed say yes or no.`,
    }),
  ),
}

export const SPLIT_FLAG = {
  split: option(
    '<field>',
    'the same tickets by project, type, component, label, reporter or rehearsed, too',
    (text, flag) =>
      SPLIT[oneOf(Object.keys(SPLIT) as (keyof typeof SPLIT)[], 'Nothing was counted.')(text, flag)],
  ),
}

function readCondition(text: string): Condition | null {
  const at = text.indexOf('=')
  const [field, value] = [text.slice(0, at), text.slice(at + 1)]
  if (at < 0 || value === '' || !Object.hasOwn(FILTERED, field)) return null
  if (field === 'rehearsed' && value !== 'yes' && value !== 'no') return null
  return { field: field as Condition['field'], value }
}

interface FieldOptions {
  readonly only?: readonly Condition[] | undefined
  readonly split?: SplitField | undefined
}

/** What a call has of them. */
export interface FieldParams {
  readonly filter?: TicketFilter
  readonly splitBy?: SplitField
}

/** The parameters that these flags are of a call; none where they are not given. */
export function fieldParams({ only, split }: FieldOptions): FieldParams {
  return {
    ...(only !== undefined && { filter: filterOf(only) }),
    ...(split !== undefined && { splitBy: split }),
  }
}

/** Values of one field are alternatives. */
function filterOf(only: readonly Condition[]): TicketFilter {
  const values = (field: Condition['field']): string[] =>
    only.filter((condition) => condition.field === field).map(({ value }) => value)
  const lists = (['project', 'type', 'component', 'label'] as const).map((field) => [
    FILTERED[field],
    values(field),
  ])
  const rehearsed = new Set(values('rehearsed'))
  return {
    ...Object.fromEntries(lists.filter(([, list]) => (list?.length ?? 0) > 0)),
    ...(rehearsed.size === 1 && { rehearsed: rehearsed.has('yes') }),
  }
}

/** The conditions in a few words, as they were given. */
export function onlyText(only: readonly Condition[]): string {
  return `only ${only.map(({ field, value }) => `${field}=${value}`).join(', ')}`
}

/** A split in a line. */
export function splitText({ by, parts, overlaps }: CountsSplit): string {
  const name = Object.entries(SPLIT).find(([, field]) => field === by)?.[0] ?? by
  const said = parts.map(({ kind, value, total }) => {
    if (kind === 'people') return `${total} ${total === 1 ? 'person' : 'people'}`
    if (kind === 'value') return `${value ?? ''} ${total}`
    if (kind === 'unknown') return `not known ${total}`
    return kind === 'other' ? `others ${total}` : `none ${total}`
  })
  const more = overlaps && by !== 'reporter' ? ' (a ticket may have several)' : ''
  return `By ${name}: ${said.join(', ') || tickets(0)}${more}`
}
