import { Type, type Static } from 'typebox'
import {
  choice,
  count,
  described,
  EpochMs,
  method,
  model,
  Nothing,
  nullable,
  ONE_LINE,
  params,
} from '../schema.ts'

const OUTPUT_KINDS = ['webhook', 'slack', 'teams', 'alertmanager', 'pagerduty'] as const
export const OutputKind = choice(OUTPUT_KINDS)
export type OutputKind = Static<typeof OutputKind>

const OutputId = Type.String({ minLength: 1, maxLength: 64 })
const OutputName = Type.String({
  description:
    'Unique at its site. `JIRA_TPM_OUTPUT_NAME` in the environment is its secret, `NAME` in capitals.',
  minLength: 1,
  maxLength: 80,
  pattern: `^${ONE_LINE}*$`,
})
const OutputUrl = Type.String({ minLength: 1, maxLength: 2_048, pattern: `^${ONE_LINE}*$` })
const OutputSecret = Type.String({
  description:
    'It goes into the keychain of the instance that is asked, and is in no answer. Of a webhook: the key that signs. Of Slack and Teams: the whole address that they gave. Of PagerDuty: the integration’s key. Of an Alertmanager that wants a log-in: its address with user and password in it.',
  minLength: 1,
  maxLength: 2_048,
  pattern: `^${ONE_LINE}*$`,
})
const NeedsSecret = described(
  'It is sent only by an instance that has its secret. Slack, Teams and PagerDuty always need one; a webhook or an Alertmanager where it is true, or a `secret` is given.',
  Type.Boolean(),
)
const AllowPrivate = described(
  'Addresses of this machine and of private networks may be sent to. Addresses of one link, as those of a cloud’s metadata, never are.',
  Type.Boolean(),
)

export const OutputDelivery = model('OutputDelivery', 'How the sending goes.', {
  state: choice(
    ['idle', 'queued', 'sending', 'retrying', 'no-holder'],
    '`retrying`: the last try failed. `no-holder`: it waits for an instance that has its secret; none has taken it for a minute and a half.',
  ),
  waiting: count('How many messages are still to be sent.'),
  givenUp: count('How many were given up after a day; the history of alerts has them.'),
  nextTryMs: nullable(EpochMs, 'When the next of those that wait is tried.'),
  lastSentMs: nullable(EpochMs, 'When a message of an alert was last taken.'),
  last: nullable(
    Type.Object({
      atMs: EpochMs,
      taken: Type.Boolean(),
      answer: Type.String({ description: 'What it said, or why it could not be asked.' }),
    }),
    'The last try, of a test too.',
  ),
})
export type OutputDelivery = Static<typeof OutputDelivery>

export const Output = model('Output', 'Where alerts are sent.', {
  id: OutputId,
  name: OutputName,
  kind: OutputKind,
  url: described('Its address, of Slack and Teams as far as it is no secret.', OutputUrl),
  needsSecret: NeedsSecret,
  allowPrivate: AllowPrivate,
  revision: Type.String({ description: 'Another one after each change.', minLength: 1, maxLength: 64 }),
  createdMs: EpochMs,
  secretIn: choice(
    ['kept', 'environment', 'none', 'unknown'],
    'Where the instance that answers has its secret: `kept` in its keychain, or encrypted. `unknown`: its keychain is locked, or refuses.',
  ),
  delivery: OutputDelivery,
})
export type Output = Static<typeof Output>

export const Outputs = model('Outputs', 'The outputs of a site, in the order in which they were added.', {
  outputs: Type.Array(Output),
})
export type Outputs = Static<typeof Outputs>

export const OutputTest = model('OutputTest', 'What came of a test.', {
  taken: Type.Boolean(),
  answer: Type.String({ description: 'What it said, or why it could not be asked.' }),
  tookMs: Type.Number({ minimum: 0 }),
})

export const outputMethods = {
  'outputs.list': method({
    scope: 'admin',
    summary: 'The outputs of alerts',
    description:
      'Where alerts are sent, for all who share the store, and how the sending goes. No secret is in it. The event `outputs.changed` brings all of them again.',
    params: Nothing,
    result: Outputs,
  }),
  'outputs.add': method({
    scope: 'admin',
    summary: 'Add an output',
    description:
      'Adds an output, to which every alert is sent from then on. Nothing is sent to it now: see `outputs.test`. `usage` where the address is none, is not this kind’s, or is private and `allowPrivate` is not true; where the name is taken; or there are 20. `secrets-unavailable` where this instance has no keychain: leave `secret` out then, and set it in the environment of the instance that sends.',
    params: params({
      name: OutputName,
      kind: OutputKind,
      url: Type.Optional(
        described('May be left out where the secret says it, and for PagerDuty.', OutputUrl),
      ),
      secret: Type.Optional(OutputSecret),
      needsSecret: Type.Optional(NeedsSecret),
      allowPrivate: Type.Optional(AllowPrivate),
    }),
    result: Output,
    example: {
      name: 'On call',
      kind: 'webhook',
      url: 'https://alerts.example.com/jira-tpm',
      secret: 'a long random text',
    },
  }),
  'outputs.change': method({
    scope: 'admin',
    summary: 'Change an output',
    description:
      'Changes what is given, and leaves the rest. `not-found` where there is none of that id, `busy` where it was changed since `seen`; else as `outputs.add`.',
    params: params({
      id: OutputId,
      seen: Type.String({ minLength: 1, maxLength: 64 }),
      name: Type.Optional(OutputName),
      url: Type.Optional(OutputUrl),
      secret: Type.Optional(OutputSecret),
      needsSecret: Type.Optional(NeedsSecret),
      allowPrivate: Type.Optional(AllowPrivate),
    }),
    result: Output,
    example: { id: '6f1f0b9c', seen: 'k3v9x0ab', name: 'Night shift' },
  }),
  'outputs.remove': method({
    scope: 'admin',
    summary: 'Remove an output',
    description:
      'Removes an output, what still waits for it, and its secret from the keychain of the instance that is asked; `secret` says whether that had it. `removed` is false where there is none of that id.',
    params: params({ id: OutputId }),
    result: Type.Object({
      removed: Type.Boolean(),
      secret: choice(
        ['none', 'forgotten', 'environment', 'elsewhere', 'refused'],
        'What became of its secret. `none`: it had none. `environment`: it stays in that of the instance that is asked. `elsewhere`: this instance has not got it, and whoever has keeps it. `refused`: the keychain is locked, or refuses, and may have it still.',
      ),
    }),
    example: { id: '6f1f0b9c' },
  }),
  'outputs.test': method({
    scope: 'admin',
    summary: 'Test an output',
    description:
      'Sends a message that says it is a test, at once and once, and waits for the answer. `not-found` where there is none of that id, `not-configured` where the instance that is asked has not its secret.',
    params: params({ id: OutputId }),
    result: OutputTest,
    example: { id: '6f1f0b9c' },
    isCostly: true,
  }),
}
