import { Type, type Static } from 'typebox'
import { choice, count, model, nullable, params, strictModel } from './schema.ts'

const values = (minLength: 0 | 1) =>
  Type.Optional(
    Type.Array(Type.String({ minLength, maxLength: 255, pattern: '^[^\\u0000]*$' }), {
      minItems: 1,
      maxItems: 50,
    }),
  )
const VALUES = values(1)
/** Of what a ticket may have none of: then it has the empty text. */
const VALUES_OR_NONE = values(0)

const OF_FIELDS = {
  priorities: VALUES,
  projects: VALUES,
  issueTypes: VALUES,
  components: VALUES_OR_NONE,
  labels: VALUES_OR_NONE,
}

export const TicketFilter = strictModel(
  'TicketFilter',
  'Which tickets: those that have one of the values of each field that is named. One of which a field is not known is not among them. `priorities` are watched values, by id or name. The empty text among components or labels stands for those that have none.',
  {
    ...OF_FIELDS,
    rehearsed: Type.Optional(Type.Boolean({ description: 'Those that a run made, or those that none did.' })),
    without: Type.Optional({
      ...params(OF_FIELDS),
      description:
        'Leaves out those that have one of these values. One of which the field is not known stays.',
    }),
  },
)
export type TicketFilter = Readonly<Static<typeof TicketFilter>>

/** What tickets are split by, besides their priority. */
export const SPLIT_FIELDS = ['project', 'issueType', 'component', 'label', 'reporter', 'rehearsed'] as const
export type SplitField = (typeof SPLIT_FIELDS)[number]

export const SplitFieldName = choice([...SPLIT_FIELDS])

const part = {
  kind: choice(
    ['value', 'other', 'none', 'unknown', 'people'],
    '`other`: one of the values that are not among the five most frequent. `none`: the ticket has no value. `unknown`: it was stored by an older version, or Jira did not say. `people`: not tickets, but how many people reported them.',
  ),
  value: nullable(Type.String(), 'Of `rehearsed` this is `rehearsed` or `real`.'),
  total: count(),
}

export const SplitPart = model('SplitPart', 'The tickets that have one value of a field, or none.', {
  ...part,
  counts: Type.Array(count(), { description: 'By bucket, as the counts.' }),
})

export const CountsSplit = model('CountsSplit', 'The tickets that were counted, by a field.', {
  by: SplitFieldName,
  parts: Type.Array(SplitPart, {
    description: 'The most frequent value first, at most five of them, then what is left.',
  }),
  overlaps: Type.Boolean({
    description:
      'A ticket may have several of these values, so the parts may add up to more than there are tickets. Of people it says that who reports in several buckets is one in the total.',
  }),
})
export type CountsSplit = Static<typeof CountsSplit>

export const FieldValues = model('FieldValues', 'The values of a field among the tickets of a span.', {
  by: SplitFieldName,
  parts: nullable(
    Type.Array(Type.Object(part)),
    'As of a split, without the buckets; null where the span has too many tickets for that.',
  ),
  overlaps: Type.Boolean(),
})
export type FieldValues = Static<typeof FieldValues>
