import { SPLIT_FIELDS, type SplitField, type TicketFilter } from '../../src-shared/contract/fields.ts'
import {
  conditionsOf,
  conditionText,
  filterOf,
  readCondition,
  SPLIT_NAMES,
} from '../../src-shared/domain/ticket-filter.ts'

/** What bars are coloured by: people are none of their tickets. */
export const COLOUR_FIELDS = SPLIT_FIELDS.filter((by) => by !== 'reporter')

/** A filter as an address has it: `project=WEB,type!=Bug`. Commas of values have a backslash before them. */
export function filterToAddress(filter: TicketFilter): string {
  return conditionsOf(filter)
    .map((condition) => conditionText(condition).replaceAll(/[\\,]/g, String.raw`\$&`))
    .join(',')
}

/** Reads it; null where it is none. */
export function filterFromAddress(text: string): TicketFilter | null {
  const said = text.match(/(?:\\.|[^,\\])+/gs) ?? []
  const conditions = said.map((one) => readCondition(one.replaceAll(/\\(.)/gs, '$1')))
  const known = conditions.filter((condition) => condition !== null)
  return known.length === 0 || known.length < conditions.length ? null : filterOf(known)
}

/** Null where bars are not coloured by that. */
export function splitFromAddress(text: string): SplitField | null {
  const by = Object.entries(SPLIT_NAMES).find(([name]) => name === text)?.[1]
  return COLOUR_FIELDS.find((field) => field === by) ?? null
}
