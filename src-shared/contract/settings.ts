import { Type, type Static } from 'typebox'
import {
  choice,
  DayString,
  failure,
  method,
  model,
  Nothing,
  nullable,
  params,
  Priority,
  step,
  strictModel,
  text,
  WatchedField,
} from './schema.ts'

export const WatchChoice = strictModel(
  'WatchChoice',
  'What is watched. No ids: High and Highest by name, also "(migrated)".',
  { field: WatchedField, ids: Type.Array(text(64), { maxItems: 50 }) },
)
export type WatchChoice = Static<typeof WatchChoice>

const draft = {
  url: text(512, 'Where people open this Jira in a browser; a context path is allowed.'),
  user: nullable(
    text(254),
    'The account’s e-mail address for Jira Cloud; null for Data Center, where the token says who it is.',
  ),
  tokenExpiresOn: nullable(DayString),
  projectKey: nullable(text(32), 'Null: every project that the account sees.'),
  caFile: nullable(
    text(4_096),
    'A PEM file on the server’s machine, of certificates to believe besides the system’s own.',
  ),
  watch: WatchChoice,
}

/** It goes into the core and never comes out of it. */
export const JiraDraft = strictModel('JiraDraft', 'A connection as a person fills it in.', {
  ...draft,
  token: nullable(
    text(4_096),
    'The API token or personal access token. Goes in and never comes out. Null: the one that is kept for this address and user.',
  ),
})
export type JiraDraft = Static<typeof JiraDraft>

/** Where a secret is. */
export const SecretPlace = choice(['keychain', 'safe-storage', 'environment', 'vault', 'none'])

export const Settings = model('Settings', 'What is set about the Jira, as far as a window may know it.', {
  jira: nullable(Type.Object(draft), 'Null: the sandbox.'),
  tokenIn: SecretPlace,
  fixedBy: nullable(
    Type.String(),
    'What fixes the choice of Jira from outside (`--jira`, `JIRA_URL`), so that it cannot be changed here.',
  ),
  secrets: Type.Object(
    {
      kind: choice(['keychain', 'safe-storage', 'none']),
      label: Type.String(),
      problem: nullable(Type.String()),
      isLocked: Type.Optional(
        Type.Boolean({ description: 'It is there, and may yet be opened by its person.' }),
      ),
    },
    {
      description:
        'Where tokens can be kept on this machine: the name of the keychain, or why there is none.',
    },
  ),
  failure: nullable(
    Type.Object(failure),
    'Why the Jira that is set could not be opened; null while it is open.',
  ),
})
export type Settings = Static<typeof Settings>

export const PREFLIGHT_STEPS = [
  'address',
  'certificate',
  'server',
  'identity',
  'time-zone',
  'clock',
  'project',
  'issue-type',
  'priority',
  'watched',
  'create',
  'delete',
  'token',
] as const

export const PreflightStep = step('PreflightStep', 'A step of a preflight.', PREFLIGHT_STEPS)
export type PreflightStep = Static<typeof PreflightStep>

export const PreflightChoices = model(
  'PreflightChoices',
  'What may be chosen from on the site, as far as the preflight came.',
  {
    projects: Type.Array(Type.Object({ key: Type.String(), name: Type.String() })),
    fields: Type.Array(Type.Object({ field: WatchedField, values: Type.Array(Priority) }), {
      description:
        'Priority first, then fields that look like a severity; each with its values in the site’s order.',
    }),
    watched: Type.Array(Priority, {
      description: 'What would be watched: the choice that was made, or High and Highest by name.',
    }),
  },
)
export type PreflightChoices = Static<typeof PreflightChoices>

export const Preflight = model('Preflight', 'A try of a Jira, step by step.', {
  state: choice(['running', 'green', 'red']),
  deployment: nullable(
    choice(['cloud', 'data-center']),
    'What the server says it is; null before it was asked.',
  ),
  steps: Type.Array(PreflightStep),
  choices: PreflightChoices,
})
export type Preflight = Static<typeof Preflight>

const exampleDraft = {
  url: 'https://example.atlassian.net',
  user: 'you@example.com',
  projectKey: 'TPM',
  caFile: null,
  watch: { field: { id: 'priority', name: 'Priority' }, ids: [] },
}

export const FirstSteps = model(
  'FirstSteps',
  'What a workspace suggests to who opens it for the first time.',
  {
    putAway: Type.Boolean({ description: 'A person has put it away, for good.' }),
  },
)

/** All work while no Jira can be opened, too. */
export const settingsMethods = {
  'settings.firstSteps': method({
    scope: 'admin',
    summary: 'Whether the first steps are shown',
    description: 'What a new workspace suggests to do first, in the sandbox, until a person puts it away.',
    params: Nothing,
    result: FirstSteps,
  }),
  'settings.putFirstStepsAway': method({
    scope: 'admin',
    summary: 'Put the first steps away',
    description: 'For this workspace and for good: in config.json.',
    params: Nothing,
    result: FirstSteps,
  }),
  'settings.get': method({
    scope: 'admin',
    summary: 'The settings of the Jira',
    description:
      'The Jira that is set, where its token is kept, and why it could not be opened. Never a token.',
    params: Nothing,
    result: Settings,
  }),
  'settings.preflight': method({
    scope: 'admin',
    isCostly: true,
    summary: 'Try a Jira',
    description:
      'Tries a connection step by step and keeps nothing of it. `preflight.changed` reports each step.',
    params: JiraDraft,
    result: Preflight,
    example: { ...exampleDraft, token: null, tokenExpiresOn: null },
  }),
  'settings.connect': method({
    scope: 'admin',
    isCostly: true,
    summary: 'Connect a Jira',
    description:
      'Tries a connection and, where no step fails, keeps it (the token in the keychain) and goes over to that Jira. A token that was refused is tried once a minute at most: until then nothing is sent, and the step `identity` says until when.',
    params: JiraDraft,
    result: Preflight,
    example: { ...exampleDraft, token: 'the API token', tokenExpiresOn: '2026-12-31' },
  }),
  'settings.disconnect': method({
    scope: 'admin',
    isCostly: true,
    summary: 'Go back to the sandbox',
    description: 'Tickets that were fetched stay stored. `forgetToken` deletes the token from the keychain.',
    params: params({ forgetToken: Type.Boolean() }),
    result: Settings,
    example: { forgetToken: false },
  }),
}
