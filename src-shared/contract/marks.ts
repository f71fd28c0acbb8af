import { Type, type Static } from 'typebox'
import {
  choice,
  described,
  EpochMs,
  HOUR,
  method,
  model,
  nullable,
  ONE_LINE,
  params,
  SpanEdge,
  spanParams,
  ZoneName,
} from './schema.ts'

const MarkText = Type.String({
  description: 'One line.',
  minLength: 1,
  maxLength: 200,
  pattern: `^${ONE_LINE}*$`,
})
const MarkId = Type.String({ minLength: 1, maxLength: 64, pattern: `^${ONE_LINE}*$` })
const Revision = Type.String({
  description: 'Another one after each change: who brings it back has seen the mark as it is.',
  minLength: 1,
  maxLength: 64,
})

export const TimeMark = model('TimeMark', 'What is to be known of a time: a flag on top of the chart.', {
  id: Type.String(),
  kind: choice(
    ['mark', 'incident', 'run', 'outage', 'fail-over', 'alert'],
    '`mark` and `incident` are set by people; the usual is not learned from an incident. The others mark themselves.',
  ),
  text: Type.String(),
  fromMs: EpochMs,
  toMs: nullable(EpochMs, 'Null of a moment.'),
  revision: nullable(
    Type.String(),
    'Null where it marked itself: such a one is neither changed nor removed.',
  ),
})
export type TimeMark = Static<typeof TimeMark>

export const TimeMarks = model('TimeMarks', 'The marks of a span.', {
  marks: Type.Array(TimeMark, { description: 'In the order of time.' }),
  more: Type.Boolean({ description: 'These are the newest; there are older ones in the span.' }),
})
export type TimeMarks = Static<typeof TimeMarks>

const said = {
  text: MarkText,
  at: Type.Optional(described('When, or when it began: now where it is absent.', SpanEdge)),
  to: Type.Optional(
    described('Its end, where it was no moment. An incident without one is an hour long.', SpanEdge),
  ),
  incident: Type.Optional(
    Type.Boolean({ description: 'Something went wrong then: the usual is not learned from it.' }),
  ),
  zone: Type.Optional(ZoneName),
}

export const markMethods = {
  'marks.list': method({
    scope: 'read',
    summary: 'The marks of a span',
    description:
      'What people marked in a span, and what marked itself there: runs, outages, fail-overs of the store and of who fetches. At most 1,000, the newest. The event `marks.changed` says when to ask again.',
    params: spanParams({}),
    result: TimeMarks,
    example: HOUR,
  }),
  'marks.add': method({
    scope: 'run',
    summary: 'Mark a time',
    description:
      'Marks a moment or a span of time with a text, for all who share the store. `usage` where it begins in the future, ends before it begins, is longer than 31 days, has no text, or there are 10,000 marks.',
    params: params(said),
    result: TimeMark,
    example: { text: 'deploy 5.17', at: '2026-11-24T14:05Z' },
  }),
  'marks.change': method({
    scope: 'run',
    summary: 'Change a mark',
    description:
      'Says all of a mark anew, where `seen` is its revision; `busy` where it was changed since, `not-found` where it is gone. `usage` as of `marks.add`.',
    params: params({ id: MarkId, seen: Revision, ...said }),
    result: TimeMark,
    example: { id: 'k3v9x0ab', seen: 'q8', text: 'deploy 5.17, rolled back', at: '2026-11-24T14:05Z' },
  }),
  'marks.remove': method({
    scope: 'run',
    summary: 'Remove a mark',
    description:
      'Removes a mark, where `seen` is its revision; `busy` where it was changed since. `removed` is false where there is none.',
    params: params({ id: MarkId, seen: Revision }),
    result: Type.Object({ removed: Type.Boolean() }),
    example: { id: 'k3v9x0ab', seen: 'q8' },
  }),
}
