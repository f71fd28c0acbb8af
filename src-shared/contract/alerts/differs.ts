import { Type, type Static } from 'typebox'
import { TicketFilter } from '../fields.ts'
import { choice, count, HOUR, method, model, nullable, spanParams } from '../schema.ts'

/** What tickets are looked at by. */
export const DIFFERING_FIELDS = ['project', 'issueType', 'component', 'label'] as const
export type DifferingField = (typeof DIFFERING_FIELDS)[number]

export const DifferingPart = model('DifferingPart', 'A value that more of the tickets have than usual.', {
  by: choice([...DIFFERING_FIELDS]),
  value: Type.String(),
  tickets: count(),
  share: Type.Number({ description: 'Of the tickets that were counted, 0 to 1.' }),
  usualShare: Type.Number({ description: 'The same in the previous weeks.' }),
  chance: Type.Number({
    description:
      'How often chance alone has as many tickets of any of the values that were looked at, were shares as usual.',
  }),
})

export const Differs = model('Differs', 'What the tickets of a span have more often than usual.', {
  tickets: count(),
  people: nullable(count(), 'How many people reported them; null where that is not known of any.'),
  weeks: count('Previous weeks whose same hours were fetched whole and are in no incident.'),
  usualTickets: nullable(Type.Number(), 'On average of those weeks; null where there is none.'),
  usualPeople: nullable(Type.Number()),
  state: choice(
    ['compared', 'few', 'learning'],
    '`few`: there are fewer than five tickets. `learning`: the previous weeks have fewer than two such hours, or than 20 tickets.',
  ),
  looked: count('How many values were compared, for which chances are corrected.'),
  parts: Type.Array(DifferingPart, {
    description:
      'Those that chance explains in less than one of a hundred, the least likely first; at most 20.',
  }),
})
export type Differs = Static<typeof Differs>

export const differsMethods = {
  'differs.get': method({
    scope: 'read',
    isCostly: true,
    summary: 'What differs from the usual',
    description:
      'The shares of projects, types, components and labels among the counted tickets of a span, against the same hours of up to eight previous weeks, ranked by how little chance explains them; counts alone, no texts are compared. What runs made is left out of the weeks. `usage` where the span is longer than a week, or has more than 250,000 tickets.',
    params: spanParams({ filter: Type.Optional(TicketFilter) }),
    result: Differs,
    example: HOUR,
  }),
}
