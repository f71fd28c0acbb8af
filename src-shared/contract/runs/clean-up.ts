import { Type, type Static } from 'typebox'
import { OneRun, RUN_ID, RunName } from './runs.ts'
import { choice, count, failure, method, model, Nothing, nullable, params } from '../schema.ts'

const Kept = Type.Array(Type.Object({ key: Type.String(), reason: Type.String() }), {
  description: 'Tickets that look like the run’s and stay, each with the reason.',
})
const Refusal = Type.Object({
  ...failure,
  search: Type.Optional(
    Type.Object(
      { before: Type.String(), jql: Type.String() },
      { description: 'The hint in two parts, where it ends with a search in Jira.' },
    ),
  ),
})

export const CleanUpPreview = model('CleanUpPreview', 'What a clean-up of a run would do.', {
  runId: Type.String(),
  count: count(
    'Tickets that would be deleted: the ledger says that the run made them, and they carry its label and its mark.',
  ),
  keys: Type.Array(Type.String(), { description: 'At most 1,000 of them, in the order of their slots.' }),
  gone: count('Tickets of the run that Jira does not show any more.'),
  kept: Kept,
  refusal: nullable(Refusal, 'Why they cannot be deleted, and what to do then; null where they can.'),
})
export type CleanUpPreview = Static<typeof CleanUpPreview>

export const CleanUp = model('CleanUp', 'How far a clean-up is.', {
  runId: Type.String(),
  state: choice(
    ['running', 'done', 'stopped'],
    '`stopped`: by the person, or by what `failure` says; it can be begun again.',
  ),
  total: count(),
  deleted: count(),
  kept: Kept,
  failure: nullable(Refusal),
})
export type CleanUp = Static<typeof CleanUp>

export const cleanUpMethods = {
  'runs.cleanUpPreview': method({
    scope: 'run', // it asks Jira for each ticket
    isCostly: true,
    summary: 'What a clean-up would delete',
    description:
      'The tickets of a run that a clean-up would delete from Jira, and those that would stay, with the reason. Deletes nothing.',
    params: OneRun,
    result: CleanUpPreview,
    example: { runId: RUN_ID },
  }),
  'runs.cleanUp': method({
    scope: 'run',
    isCostly: true,
    summary: 'Delete a run’s tickets from Jira',
    description:
      'Deletes from Jira what the run made: tickets that its ledger, its label and its mark say it made, and no others. `confirmedSite` and `count` say what a person agreed to, as `runs.cleanUpPreview` showed it; where that is not so any more, nothing is deleted. Answers when it has begun; `clean-up.changed` reports its progress.',
    params: params({ runId: RunName, confirmedSite: Type.String({ maxLength: 512 }), count: count() }),
    result: CleanUp,
    example: { runId: RUN_ID, confirmedSite: 'example.atlassian.net', count: 100 },
  }),
  'runs.stopCleanUp': method({
    scope: 'run',
    summary: 'End the clean-up under way',
    description:
      'Ends it at the next ticket; it can be begun again. `not-found` where none is under way, `busy` where another program works on it.',
    params: Nothing,
    result: CleanUp,
  }),
  'runs.currentCleanUp': method({
    scope: 'read',
    summary: 'The clean-up under way',
    description:
      'The clean-up under way at this Jira, else the last one, by whichever program that shares the store; null before the first.',
    params: Nothing,
    result: nullable(CleanUp),
  }),
}
