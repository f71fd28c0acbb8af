import type { CountsSplit, SplitField, TicketFilter } from '../../../src-shared/contract/fields.ts'
import { tickets } from '../../../src-shared/domain/text/sentences.ts'
import {
  conditionText,
  FILTER_NAMES,
  filterOf,
  readCondition,
  SPLIT_NAMES,
  splitName,
  type Condition,
} from '../../../src-shared/domain/ticket-filter.ts'
import { option, repeated } from './define-command.ts'
import { flagValue, oneOf } from './options.ts'

export const ONLY_FLAG = {
  only: repeated(
    '<field=value>',
    'only tickets of a priority, project, type, component, label, or rehearsed=yes or no; type!=Bug leaves some out, component= has those with none; given again, of another value or field, too',
    flagValue('a field and its value, as project=OPS', readCondition, {
      hint: `Fields are ${FILTER_NAMES.join(', ')}; of rehearsed say yes or no.`,
    }),
  ),
}

export const SPLIT_FLAG = {
  split: option(
    '<field>',
    'the same tickets by project, type, component, label, reporter or rehearsed, too',
    (text, flag) =>
      SPLIT_NAMES[
        oneOf(Object.keys(SPLIT_NAMES) as (keyof typeof SPLIT_NAMES)[], 'Nothing was counted.')(text, flag)
      ],
  ),
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

/** The conditions in a few words, as they were given. */
export function onlyText(only: readonly Condition[]): string {
  return `only ${only.map(conditionText).join(', ')}`
}

/** A split in a line. */
export function splitText({ by, parts, overlaps }: CountsSplit): string {
  const said = parts.map(({ kind, value, total }) => {
    if (kind === 'people') return `${total} ${total === 1 ? 'person' : 'people'}`
    if (kind === 'value') return `${value ?? ''} ${total}`
    if (kind === 'unknown') return `not known ${total}`
    return kind === 'other' ? `others ${total}` : `none ${total}`
  })
  const more = overlaps && by !== 'reporter' ? ' (a ticket may have several)' : ''
  return `By ${splitName(by)}: ${said.join(', ') || tickets(0)}${more}`
}
