import type { Client } from '../../../src-shared/contract/client.ts'
import {
  PREFLIGHT_STEPS,
  type Preflight,
  type PreflightChoices,
  type PreflightStep,
  type Settings,
} from '../../../src-shared/contract/settings.ts'
import {
  createFormController,
  untriedSteps,
  type CheckTexts,
  type FormState,
} from '../form/form-controller.ts'
import { draftOf, fieldsOf, problemsOf, watchAfter, type JiraFields } from './jira-fields.ts'

const titles: Record<PreflightStep['id'], string> = {
  address: 'Address',
  certificate: 'Certificate',
  server: 'Server',
  identity: 'Account',
  'time-zone': 'Time zone',
  clock: 'Clock',
  project: 'Project',
  'issue-type': 'Issue type',
  priority: 'Priority on new tickets',
  watched: 'Watched values',
  create: 'Creating tickets',
  delete: 'Deleting tickets',
  token: 'Token’s last day',
}

export const preflightTexts: CheckTexts = {
  titles,
  good: 'This Jira can be watched',
  done: 'Connected',
  not: 'Not connected',
}

/** What the form of the Jira knows. */
export interface JiraFormState extends FormState<Settings, JiraFields> {
  /** What the last check found to choose from; nothing once the address is another one. */
  readonly choices: PreflightChoices
}

const nothingKnown: PreflightChoices = { projects: [], fields: [], watched: [] }

const emptyJiraForm: JiraFormState = {
  settings: null,
  fields: fieldsOf(null),
  problems: {},
  steps: untriedSteps(PREFLIGHT_STEPS),
  choices: nothingKnown,
  busy: null,
  outcome: null,
}

/** Where a person tries a Jira, connects it or leaves it. */
export function createJiraController(client: Client) {
  const form = createFormController<JiraFormState, Preflight>(client, {
    empty: emptyJiraForm,
    fieldsOf: (settings) => fieldsOf(settings?.jira ?? null),
    problemsOf: ({ fields, choices }) => problemsOf(fields, choices),
    read: () => client.call('settings.get', {}),
    check: (fields) => client.call('settings.preflight', draftOf(fields)),
    take: (fields) => client.call('settings.connect', draftOf(fields)),
    onProgress: (listener) => client.on('preflight.changed', listener),
    found: ({ fields }, { steps, choices }) => ({
      steps,
      choices,
      fields: { ...fields, watch: watchAfter(fields.watch, choices) },
    }),
    texts: () => preflightTexts,
    // What there is to choose from belongs to an address.
    outdated: (part) => ('url' in part ? { choices: nothingKnown } : {}),
  })
  return {
    ...form,
    leave: (forgetToken: boolean): void =>
      void form.attempt('leaving', async () => {
        const settings = await client.call('settings.disconnect', { forgetToken })
        const outcome = { tone: 'good', message: 'The sandbox is watched again.', hint: '' } as const
        form.put({ ...emptyJiraForm, settings, outcome })
      }),
  }
}

export type JiraController = ReturnType<typeof createJiraController>
