import type { SplitField, TicketFilter } from '../contract/fields.ts'
import type { Priority, Ticket } from './ticket.ts'

/** Whether a filter leaves a ticket: it has one of the values of each field that is named, and none of those left out. */
export function passes(ticket: Ticket, filter: TicketFilter): boolean {
  const { without = {}, rehearsed } = filter
  return (
    FIELDS.every((field) => {
      const values = valuesOf(ticket, field)
      const isIn = (list: readonly string[] = []): boolean => values.some((value) => list.includes(value))
      return (filter[field] === undefined || isIn(filter[field])) && !isIn(without[field])
    }) &&
    (rehearsed === undefined || ticket.rehearsed === rehearsed)
  )
}

/** A field of a filter that is a list of values. */
export type ListField = Exclude<keyof TicketFilter, 'rehearsed' | 'without'>

/** The value of a component or label that stands for having none. */
export const NONE = ''

/** What a person calls the fields that tickets are filtered by. */
const LIST_NAMES = {
  priority: 'priorities',
  project: 'projects',
  type: 'issueTypes',
  component: 'components',
  label: 'labels',
} as const satisfies Record<string, ListField>

const FIELDS = Object.values(LIST_NAMES)
export const FILTER_NAMES = [
  ...(Object.keys(LIST_NAMES) as (keyof typeof LIST_NAMES)[]),
  'rehearsed',
] as const

/** And split by. */
export const SPLIT_NAMES = {
  project: 'project',
  type: 'issueType',
  component: 'component',
  label: 'label',
  reporter: 'reporter',
  rehearsed: 'rehearsed',
} as const satisfies Record<string, SplitField>

/** What a person calls a field that tickets are split by. */
export function splitName(by: SplitField): string {
  return by === 'issueType' ? 'type' : by
}

function valuesOf(ticket: Ticket, field: ListField): readonly string[] {
  const { projectKey, priorityId, priorityName, issueType, components, labels } = ticket
  return {
    priorities: [priorityId, priorityName],
    projects: [projectKey],
    issueTypes: issueType === undefined ? [] : [issueType],
    components: orNone(components),
    labels: orNone(labels),
  }[field]
}

/** Nothing where it is not known. */
function orNone(values: readonly string[] | undefined): readonly string[] {
  return values?.length === 0 ? [NONE] : (values ?? [])
}

/** Those of the watched values that a filter leaves: it names them by id or by name. */
export function watchedIds(
  watched: readonly Priority[],
  { priorities, without }: TicketFilter = {},
): string[] {
  return watched
    .filter((value) => priorities === undefined || isNamed(value, priorities))
    .filter((value) => !isNamed(value, without?.priorities ?? []))
    .map(({ id }) => id)
}

function isNamed({ id, name }: Priority, names: readonly string[]): boolean {
  return names.includes(id) || names.includes(name)
}

/** What a filter says besides priorities; undefined where that is nothing. */
export function beyondPriorities(filter: TicketFilter = {}): TicketFilter | undefined {
  const rest = conditionsOf(filter).filter(({ field }) => field !== 'priority')
  return rest.length === 0 ? undefined : filterOf(rest)
}

/** One thing that a filter says. */
export interface Condition {
  readonly field: (typeof FILTER_NAMES)[number]
  /** Of `rehearsed` it is `yes` or `no`. */
  readonly value: string
  /** Such tickets are left out. */
  readonly isNot: boolean
}

/** Reads `project=OPS`, `type!=Bug`, or `component=` of those that have none; null where it is nothing of that. */
export function readCondition(text: string): Condition | null {
  const { name = '', not, value = '' } = /^(?<name>[a-z]+)(?<not>!)?=(?<value>.*)$/s.exec(text)?.groups ?? {}
  const field = FILTER_NAMES.find((known) => known === name)
  if (field === undefined) return null
  if (value === NONE && field !== 'component' && field !== 'label') return null
  if (field === 'rehearsed' && (not !== undefined || !/^(?:yes|no)$/.test(value))) return null
  return { field, value, isNot: not !== undefined }
}

export function conditionText({ field, value, isNot }: Condition): string {
  return `${field}${isNot ? '!' : ''}=${value}`
}

/** The filter that leaves what all of these say; values of one field are alternatives. */
export function filterOf(conditions: readonly Condition[]): TicketFilter {
  const lists = (isNot: boolean): Partial<Record<ListField, string[]>> =>
    Object.fromEntries(
      Object.entries(LIST_NAMES).flatMap(([name, field]) => {
        const said = conditions.filter((one) => one.field === name && one.isNot === isNot)
        return said.length === 0 ? [] : [[field, [...new Set(said.map(({ value }) => value))]]]
      }),
    )
  const without = lists(true)
  const rehearsed = new Set(conditions.filter(({ field }) => field === 'rehearsed').map(({ value }) => value))
  return {
    ...lists(false),
    ...(rehearsed.size === 1 && { rehearsed: rehearsed.has('yes') }),
    ...(Object.keys(without).length > 0 && { without }),
  }
}

/** What a filter says, one by one: `filterOf(conditionsOf(filter))` is the filter. */
export function conditionsOf(filter: TicketFilter): Condition[] {
  const { rehearsed, without = {} } = filter
  const lists = Object.entries(LIST_NAMES).flatMap(([name, field]) => {
    const each = (values: readonly string[] = [], isNot: boolean): Condition[] =>
      values.map((value) => ({ field: name as keyof typeof LIST_NAMES, value, isNot }))
    return [...each(filter[field], false), ...each(without[field], true)]
  })
  return [
    ...lists,
    ...(rehearsed === undefined
      ? []
      : [{ field: 'rehearsed' as const, value: rehearsed ? 'yes' : 'no', isNot: false }]),
  ]
}

/** Whether a filter leaves tickets of a value: as all others, as those that it asks for, or not. */
export type Visibility = 'shown' | 'only' | 'hidden'

export function standingOf(
  filter: TicketFilter,
  { field, value }: Pick<Condition, 'field' | 'value'>,
): Visibility {
  const said = conditionsOf(filter).filter((one) => one.field === field)
  if (said.some((one) => one.isNot && one.value === value)) return 'hidden'
  const wanted = said.filter(({ isNot }) => !isNot)
  if (wanted.length === 0) return 'shown'
  return wanted.some((one) => one.value === value) ? 'only' : 'hidden'
}

/** The filter that leaves of a field this value alone, or again all, where it is that alone that was left. */
export function withOnly(filter: TicketFilter, condition: Pick<Condition, 'field' | 'value'>): TicketFilter {
  const all = conditionsOf(filter)
  const others = all.filter(({ field }) => field !== condition.field)
  const isAlone = standingOf(filter, condition) === 'only' && all.length === others.length + 1
  return filterOf(isAlone ? others : [...others, { ...condition, isNot: false }])
}

/** The filter that leaves out this value, too, or no longer. */
export function withHidden(
  filter: TicketFilter,
  { field, value }: Pick<Condition, 'field' | 'value'>,
): TicketFilter {
  const others = conditionsOf(filter).filter((one) => one.field !== field || one.value !== value)
  const isHidden = conditionsOf(filter).some((one) => one.field === field && one.value === value && one.isNot)
  if (field !== 'rehearsed') return filterOf(isHidden ? others : [...others, { field, value, isNot: true }])
  const opposite = { field, value: value === 'yes' ? 'no' : 'yes', isNot: false }
  return filterOf(
    standingOf(filter, opposite) === 'only'
      ? others.filter((one) => one.field !== field)
      : [...others, opposite],
  )
}

/** The filter without something that it says. */
export function withoutCondition(filter: TicketFilter, condition: Condition): TicketFilter {
  const gone = conditionText(condition)
  return filterOf(conditionsOf(filter).filter((one) => conditionText(one) !== gone))
}

/** Whether a filter leaves all tickets. */
export function isEverything(filter: TicketFilter): boolean {
  return conditionsOf(filter).length === 0
}

/** `project WEB or OPS, not type Bug, made by a run`: which tickets a filter leaves. */
export function filterText(filter: TicketFilter): string {
  const said = conditionsOf(filter)
  const texts = FILTER_NAMES.flatMap((field) =>
    [false, true].flatMap((isNot) => {
      const values = said
        .filter((one) => one.field === field && one.isNot === isNot)
        .map(({ value }) => value)
      if (values.length === 0) return []
      if (field === 'rehearsed') return [values[0] === 'yes' ? 'made by a run' : 'not made by a run']
      return [valuesText(field, values, isNot)]
    }),
  )
  return texts.join(', ')
}

/** `type Bug or Task`, `no label or label a`, `not type Bug`, `with a label, not label a`. */
function valuesText(field: string, values: readonly string[], isNot: boolean): string {
  const named = values.filter((value) => value !== NONE)
  const isOfNone = named.length < values.length
  const ofNamed = named.length === 0 ? [] : [`${isNot ? 'not ' : ''}${field} ${named.join(' or ')}`]
  if (!isOfNone) return ofNamed.join('')
  return isNot ? [`with a ${field}`, ...ofNamed].join(', ') : [`no ${field}`, ...ofNamed].join(' or ')
}

/** Of which tickets there are none: `No tickets of project WEB on Tue 24 Nov.`, `No tickets on Tue 24 Nov: not type Bug.` */
export function noneText(filter: TicketFilter, when: string, isFetched: boolean): string {
  const text = filterText(filter)
  const none = isFetched ? 'No tickets' : 'No fetched tickets'
  const hasValues =
    Object.values(LIST_NAMES).some((field) => filter[field] !== undefined) &&
    conditionsOf(filter).every(({ value }) => value !== NONE)
  return hasValues ? `${none} of ${text} ${when}.` : `${none} ${when}: ${text}.`
}
