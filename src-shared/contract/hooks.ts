import { Type, type Static } from 'typebox'
import { choice, count, model, nullable } from './schema.ts'

export const HooksStatus = model('HooksStatus', 'How Jira’s webhooks come, for all who share the store.', {
  state: choice(
    ['waiting', 'healthy', 'missing'],
    '`waiting`: none has come in time since they are taken. `healthy`: nothing is fetched that none told, so that Jira is asked once a minute. `missing`: a fetch found what none has told, in the last five minutes; Jira is asked as often as without them.',
  ),
  received: count('All that came, repeats too.'),
  repeats: count('Those that were dropped because they had come before.'),
  untold: count(
    'Changes that a fetch found and no webhook told, since webhooks were healthy last; none a day after the last one. Zero is health.',
  ),
  unread: count('Those whose tickets are still to be read.'),
  latenessMs: nullable(
    Type.Object({ p50: Type.Number(), p95: Type.Number() }),
    'How long after the change of which it told one came, by the site’s clock, of the last 200.',
  ),
})
export type HooksStatus = Static<typeof HooksStatus>
