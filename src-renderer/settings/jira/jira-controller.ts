import type { Client } from '../../../src-shared/contract/client.ts'
import {
  PREFLIGHT_STEPS,
  type JiraDraft,
  type Preflight,
  type PreflightChoices,
  type PreflightStep,
  type Settings,
  type WatchChoice,
} from '../../../src-shared/contract/settings.ts'
import { isUsuallyWatched, PRIORITY_FIELD } from '../../../src-shared/domain/ticket.ts'
import {
  createFormController,
  untriedSteps,
  type CheckTexts,
  type FieldProblems,
  type FormState,
} from '../form/form-controller.ts'

/** No ids: High and Highest, by name. */
const usualWatch: WatchChoice = { field: { id: PRIORITY_FIELD, name: 'Priority' }, ids: [] }

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

/** The form of a connection, as typed. What is empty is not given. */
export interface JiraFields {
  readonly url: string
  readonly user: string
  readonly token: string
  readonly tokenExpiresOn: string
  readonly projectKey: string
  readonly caFile: string
  readonly watch: WatchChoice
}

/** The form as it is found: the Jira that is set, without its token, which never comes out of the core. */
export function fieldsOf(jira: Settings['jira']): JiraFields {
  return {
    url: jira?.url ?? '',
    user: jira?.user ?? '',
    token: '',
    tokenExpiresOn: jira?.tokenExpiresOn ?? '',
    projectKey: jira?.projectKey ?? '',
    caFile: jira?.caFile ?? '',
    watch: jira?.watch ?? usualWatch,
  }
}

/** What Connect and Check send. */
export function draftOf(fields: JiraFields): JiraDraft {
  const { watch } = fields
  return {
    url: siteAddress(fields.url),
    user: given(fields.user),
    token: given(fields.token),
    tokenExpiresOn: given(fields.tokenExpiresOn),
    projectKey: given(fields.projectKey)?.toUpperCase() ?? null,
    caFile: given(fields.caFile),
    watch,
  }
}

/** Whether a token is there already for the address and the user that are filled in. */
export function isKept({ jira, tokenIn }: Settings, fields: JiraFields): boolean {
  const { url, user } = draftOf(fields)
  return tokenIn !== 'none' && jira?.url === url && jira.user === user
}

/** What cannot be taken as it is; the server's answer says the rest. */
export function problemsOf(fields: JiraFields, choices: PreflightChoices): FieldProblems<JiraFields> {
  const url = URL.parse(siteAddress(fields.url))
  const isSite = url !== null && /^https?:$/.test(url.protocol) && url.username === ''
  const known = valuesOf(choices, fields.watch.field.id)
  return {
    ...(!isSite && { url: 'This is not the address of a web site.' }),
    ...(fields.url.trim() === '' && { url: 'Give the address at which you open Jira in a browser.' }),
    ...(known.length > 0 && fields.watch.ids.length === 0 && { watch: 'Choose at least one.' }),
  }
}

function given(text: string): string | null {
  return text.trim() || null
}

/** As it may be pasted: without `https://`, with a slash at its end, or a page of a Cloud site instead of the site. */
function siteAddress(text: string): string {
  const trimmed = text.trim().replace(/\/+$/, '')
  const address = trimmed === '' || trimmed.includes('://') ? trimmed : `https://${trimmed}`
  const url = URL.parse(address)
  return url !== null && isCloudHost(url) ? url.origin : address
}

/** Whether this surely is Jira Cloud. Other addresses may be, too: the server says. */
function isCloudHost({ hostname }: URL): boolean {
  return /\.(atlassian\.net|jira\.com)$/.test(hostname)
}

/** Where a person makes a token: Atlassian's page, or the one of their own server. */
export function tokenPage({ url, user }: Pick<JiraFields, 'url' | 'user'>): string {
  const address = siteAddress(url)
  const parsed = URL.parse(address)
  return user.trim() === '' && parsed !== null && !isCloudHost(parsed)
    ? `${address}/secure/ViewProfile.jspa?selectedTab=com.atlassian.pats.pats-plugin:jira-user-personal-access-tokens`
    : 'https://id.atlassian.com/manage-profile/security/api-tokens'
}

/** The values of a field that may be watched, in the site's order; none where they are not known. */
export function valuesOf(
  { fields }: PreflightChoices,
  fieldId: string,
): PreflightChoices['fields'][number]['values'] {
  return fields.find(({ field }) => field.id === fieldId)?.values ?? []
}

/** Another field to watch, with what is urgent by its name chosen already. */
export function watchOf(choices: PreflightChoices, fieldId: string): WatchChoice {
  const found = choices.fields.find(({ field }) => field.id === fieldId)
  if (found === undefined) return usualWatch
  const urgent = found.values.filter(({ name }) => isUsuallyWatched(name))
  return { field: found.field, ids: urgent.map(({ id }) => id) }
}

/** A choice after a check: where nobody chose yet, what the check found by name. */
export function watchAfter(watch: WatchChoice, { fields, watched }: PreflightChoices): WatchChoice {
  const known = fields.some(({ field }) => field.id === watch.field.id)
  return known && watch.ids.length === 0 ? { ...watch, ids: watched.map(({ id }) => id) } : watch
}
