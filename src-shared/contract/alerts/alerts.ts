import { Type, type Static } from 'typebox'
import {
  choice,
  count,
  described,
  EpochMs,
  method,
  MinuteNumber,
  model,
  Nothing,
  nullable,
  ONE_LINE,
  params,
  strictModel,
  ZoneName,
} from '../schema.ts'
import { OutputKind } from './outputs.ts'

const Id = Type.String({ minLength: 1, maxLength: 64, pattern: '^[^\\u0000]*$' })
const Named = Type.String({ minLength: 1, maxLength: 255, pattern: `^${ONE_LINE}*$` })

export const AlertScope = strictModel(
  'AlertScope',
  'Which of the watched tickets: those of a project, by its key, or of a priority, by its id; all where neither is there.',
  { project: Type.Optional(Named), priority: Type.Optional(Named) },
)

/** The longest stretch that a rule counts over: a day. */
const Minutes = Type.Integer({ minimum: 1, maximum: 1_440 })

export const AlertCondition = Type.Union(
  [
    params({
      kind: Type.Literal('above-usual'),
      often: choice(['week', 'month', 'quarter'], 'About how often chance alone may do this.'),
    }),
    params({
      kind: Type.Literal('at-least'),
      tickets: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
      minutes: Minutes,
    }),
    params({ kind: Type.Literal('nothing-fetched'), minutes: Minutes }),
    params({ kind: Type.Literal('too-quiet') }),
  ],
  {
    $id: 'AlertCondition',
    description:
      'When a rule is an alarm: more tickets than is usual at this hour of the week; at least so many in so many minutes; no fetch for so many minutes; no ticket in an hour in which a dozen are usual.',
  },
)

const Revision = Type.String({
  description: 'Another one after each change: who brings it back has seen the rule as it is.',
  minLength: 1,
  maxLength: 64,
})
const RuleName = Type.String({
  description: 'Unique at its site.',
  minLength: 1,
  maxLength: 80,
  pattern: `^${ONE_LINE}*$`,
})

const ofRule = { name: RuleName, scope: AlertScope, condition: AlertCondition }

export const AlertRule = model('AlertRule', 'When tickets are an alarm.', {
  id: Id,
  ...ofRule,
  on: Type.Boolean(),
  revision: Revision,
  createdMs: EpochMs,
})
export type AlertRule = Static<typeof AlertRule>

const Transition = choice(['started', 'doubled', 'resolved'])

export const AlertNumbers = model(
  'AlertNumbers',
  'What was counted, as the bars show it, and what is usual then.',
  {
    tickets: count(),
    fromMinute: MinuteNumber,
    toMinute: MinuteNumber,
    usual: nullable(Type.Number(), 'Null where it is not known, or not asked about.'),
    seldomOver: nullable(count(), 'Chance alone exceeds it once in twenty times.'),
    peak: count('The most at once since it began, over as many minutes as the rule looked at.'),
    onsetMs: EpochMs,
  },
)
export type AlertNumbers = Static<typeof AlertNumbers>

export const AlertMessage = model('AlertMessage', 'What a person reads of an alert.', {
  alertId: Id,
  key: Type.String({
    description: 'Another one for each transition; the same where one is sent again.',
    minLength: 1,
    maxLength: 128,
  }),
  transition: Transition,
  atMs: EpochMs,
  rule: Type.Object({ id: Id, ...ofRule }),
  site: Type.String(),
  title: Type.String(),
  sentences: Type.Array(Type.String()),
  numbers: AlertNumbers,
  address: Type.String({
    description: 'Behind the `#` of the dashboard’s address it opens the very span.',
  }),
  rehearsal: nullable(Id, 'The run whose drill this is; null where the tickets are real.'),
})
export type AlertMessage = Static<typeof AlertMessage>

export const AlertSending = model('AlertSending', 'What became of a message of an alert at an output.', {
  output: Type.String({ description: 'The name that it has, or had when it was removed.' }),
  kind: OutputKind,
  state: choice(
    ['queued', 'sending', 'retrying', 'no-holder', 'sent', 'given-up', 'dropped'],
    '`no-holder`: it waits for an instance that has the output’s secret. `given-up`: it failed for a day. `dropped`: the output was removed before.',
  ),
  queuedMs: described('When it was written, by the store’s clock, as all times here.', EpochMs),
  sentMs: nullable(EpochMs, 'When it was first taken.'),
  times: count('How often it was taken: once, but by an Alertmanager, which is told again each minute.'),
  failures: count('How often it failed since it was last taken.'),
  unrecorded: count(
    'How often a program ended before it recorded an answer: it may have been taken then, too, under the same key.',
  ),
  answer: nullable(Type.String(), 'The last: its status, or why there was none.'),
  answeredMs: nullable(EpochMs),
})
export type AlertSending = Static<typeof AlertSending>

export const AlertEntry = model('AlertEntry', 'An alert that there was, or is.', {
  id: Id,
  rule: Type.Object({ id: Id, ...ofRule }),
  startedMs: EpochMs,
  onsetMs: EpochMs,
  peak: count('The most tickets at once, over as many minutes as the rule looked at.'),
  resolvedMs: nullable(EpochMs),
  rehearsal: nullable(Id),
  transitions: Type.Array(
    Type.Object({
      kind: Transition,
      atMs: EpochMs,
      sent: Type.Boolean({ description: 'False where the rule was silenced.' }),
      message: AlertMessage,
      sendings: Type.Array(AlertSending, {
        description: 'One for each output that there was; none where it was silenced.',
      }),
    }),
  ),
})
export type AlertEntry = Static<typeof AlertEntry>

export const AlertStanding = model('AlertStanding', 'How a rule stands.', {
  phase: choice(
    ['off', 'learning', 'ok', 'alerting', 'recovering', 'unknown', 'silenced'],
    '`learning`: there is too little history for what is usual. `recovering`: the alert goes on until it was quiet for a while. `unknown`: nothing was fetched lately, or nobody evaluates the rule.',
  ),
  sinceMs: nullable(EpochMs),
  silence: nullable(
    Type.Object({
      untilMs: nullable(EpochMs, 'By the site’s clock; null: until things are as usual again.'),
    }),
    'Nobody is disturbed meanwhile.',
  ),
  why: Type.String({
    description: 'A sentence where it is `unknown` or `learning`, or compared with a new level; else empty.',
  }),
  alert: nullable(
    Type.Object({ id: Id, startedMs: EpochMs, onsetMs: EpochMs, peak: count() }),
    'The one under way.',
  ),
})
export type AlertStanding = Static<typeof AlertStanding>

export const AlertList = model('AlertList', 'The rules, in the order in which they were made.', {
  rules: Type.Array(Type.Object({ ...AlertRule.properties, standing: AlertStanding })),
  rehearsals: Type.Array(Type.Object({ id: Id, rule: Named, runId: Id, startedMs: EpochMs }), {
    description: 'What rings in drills, which changes no rule’s standing.',
  }),
  away: nullable(
    Type.String(),
    'Why the rules cannot be seen, as a sentence: a file stands in for the store that has them.',
  ),
})
export type AlertList = Static<typeof AlertList>

export const ReplayedAlert = model('ReplayedAlert', 'When a rule would have been an alarm.', {
  fromMs: EpochMs,
  toMs: EpochMs,
  onsetMs: EpochMs,
  peak: count('The most tickets at once, over as many minutes as the rule looked at.'),
  address: Type.String({ description: 'As of a message.' }),
})

export const AlertReplay = model('AlertReplay', 'What a rule would have done in the stored weeks.', {
  fromMs: EpochMs,
  toMs: EpochMs,
  weeks: Type.Number({ description: 'Of those, so many were fetched.' }),
  learningUntilMs: nullable(EpochMs, 'Until then there was too little history for what is usual.'),
  fired: Type.Array(ReplayedAlert, { description: 'The newest first.' }),
  summary: Type.String({ description: '“would have fired 4 times in 8 weeks”, as a sentence.' }),
})
export type AlertReplay = Static<typeof AlertReplay>

const SilenceFor = Type.Union(
  [
    params({ minutes: Type.Integer({ minimum: 1, maximum: 43_200 }) }),
    params({ until: choice(['tomorrow', 'usual']), zone: Type.Optional(ZoneName) }),
    Type.Null(),
  ],
  {
    description:
      'For so many minutes; until 8:00 of the zone’s next day; until things are as usual again; or null: no longer.',
  },
)

export const alertMethods = {
  'alerts.list': method({
    scope: 'read',
    summary: 'The rules, and how they stand',
    description:
      'The rules that say when tickets are an alarm, for all who share the store, and how each stands. The event `alerts.changed` brings all of them again when one changes.',
    params: Nothing,
    result: AlertList,
  }),
  'alerts.add': method({
    scope: 'admin',
    summary: 'Add a rule',
    description:
      'Adds a rule, which is evaluated from now on at each commit and each full minute. Its name is what it says where none is given. `usage` where a rule has that name, the project or priority is not watched, or there are 50.',
    params: params({
      name: Type.Optional(RuleName),
      scope: AlertScope,
      condition: AlertCondition,
      on: Type.Optional(Type.Boolean()),
    }),
    result: AlertRule,
    example: { name: 'Storm', scope: {}, condition: { kind: 'at-least', tickets: 8, minutes: 5 } },
  }),
  'alerts.change': method({
    scope: 'admin',
    summary: 'Change a rule',
    description:
      'Changes what is given of a rule, where `seen` is its revision; `busy` where it was changed since, and nothing is written. An alert under way ends where the rule is another one then, or off.',
    params: params({
      id: Id,
      seen: Revision,
      name: Type.Optional(RuleName),
      scope: Type.Optional(AlertScope),
      condition: Type.Optional(AlertCondition),
      on: Type.Optional(Type.Boolean()),
    }),
    result: AlertRule,
    example: { id: 'a1', seen: 'k3v9x0ab', on: false },
  }),
  'alerts.remove': method({
    scope: 'admin',
    summary: 'Remove a rule',
    description:
      'Removes a rule, where `seen` is its revision; `busy` where it was changed since. An alert under way ends; the history stays. `removed` is false where there is none.',
    params: params({ id: Id, seen: Revision }),
    result: Type.Object({ removed: Type.Boolean() }),
    example: { id: 'a1', seen: 'k3v9x0ab' },
  }),
  'alerts.silence': method({
    scope: 'run',
    summary: 'Silence rules',
    description:
      'Nobody is disturbed by a rule for a while, or by any where no `id` is given; it is evaluated all the same, and what it finds is in the history. An alert that goes on when the silence ends is told then.',
    params: params({ id: Type.Optional(Id), silence: SilenceFor }),
    result: Type.Object({ silenced: count('How many rules.'), untilMs: nullable(EpochMs) }),
    example: { silence: { minutes: 60 } },
  }),
  'alerts.test': method({
    scope: 'admin',
    summary: 'What a rule says now',
    description:
      'Evaluates a rule at this moment, and gives the message that it would send if this were an alarm. Nothing is written or sent.',
    params: params({ id: Id }),
    result: Type.Object({ fires: Type.Boolean(), standing: AlertStanding, message: nullable(AlertMessage) }),
    example: { id: 'a1' },
  }),
  'alerts.history': method({
    scope: 'read',
    summary: 'The alerts that there were',
    description:
      'Alerts with their messages and what became of each at every output, the latest first, `limit` to a page; `before` is the `startedMs` and `id` of the last one of the page before.',
    params: params({
      limit: Type.Integer({ minimum: 1, maximum: 100 }),
      before: Type.Optional(params({ startedMs: EpochMs, id: Id })),
      rule: Type.Optional(Id),
    }),
    result: Type.Object({ alerts: Type.Array(AlertEntry), more: Type.Boolean() }),
    example: { limit: 20 },
  }),
  'alerts.replay': method({
    scope: 'read',
    isCostly: true,
    summary: 'What a rule would have done',
    description:
      'Goes through the stored weeks, eight at most, as they came, and gives each time that such a rule would have been an alarm. Nothing is written.',
    params: params({
      scope: AlertScope,
      condition: AlertCondition,
      weeks: Type.Optional(Type.Integer({ minimum: 1, maximum: 8 })),
    }),
    result: AlertReplay,
    example: { scope: {}, condition: { kind: 'above-usual', often: 'month' } },
  }),
}
