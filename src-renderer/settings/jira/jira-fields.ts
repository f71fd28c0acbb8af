import type {
  PreflightChoices,
  JiraDraft,
  Settings,
  WatchChoice,
} from '../../../src-shared/contract/settings.ts'
import { isUsuallyWatched, PRIORITY_FIELD } from '../../../src-shared/domain/ticket.ts'
import type { FieldProblems } from '../form/form-controller.ts'

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

/** No ids: High and Highest, by name. */
const usualWatch: WatchChoice = { field: { id: PRIORITY_FIELD, name: 'Priority' }, ids: [] }

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
