import {
  REPORTERS,
  type CatalogIssueType,
  type CatalogOption,
  type CatalogPriority,
  type RESOLUTIONS,
  type STATUSES,
} from '../catalog.ts'
import type { ProjectRecord } from '../database/projects.ts'
import type { SandboxSite } from '../site.ts'

/** The objects that Jira repeats inside its answers, in its form. */

export function priorityJson(site: SandboxSite, priority: CatalogPriority): object {
  return {
    self: `${site.apiUrl()}/priority/${priority.id}`,
    iconUrl: `${site.baseUrl()}/images/icons/priorities/${priority.name.toLowerCase()}.svg`,
    name: priority.name,
    id: String(priority.id),
  }
}

/** An option of a select field. */
export function optionJson(site: SandboxSite, option: CatalogOption): object {
  const id = String(option.id)
  return { self: `${site.apiUrl()}/customFieldOption/${id}`, value: option.name, id }
}

export function componentJson(site: SandboxSite, { id, name }: CatalogOption): object {
  return { self: `${site.apiUrl()}/component/${id}`, id: String(id), name }
}

export function issueTypeJson(site: SandboxSite, type: CatalogIssueType): object {
  return {
    self: `${site.apiUrl()}/issuetype/${type.id}`,
    id: String(type.id),
    description: type.description,
    iconUrl: `${site.baseUrl()}/images/icons/issuetypes/${type.name.toLowerCase()}.svg`,
    name: type.name,
    subtask: type.subtask,
    hierarchyLevel: type.subtask ? -1 : 0,
  }
}

export function projectJson(site: SandboxSite, project: ProjectRecord): object {
  return {
    self: `${site.apiUrl()}/project/${project.id}`,
    id: String(project.id),
    key: project.key,
    name: project.name,
    projectTypeKey: 'software',
    simplified: false,
    avatarUrls: avatarUrls(site, `project/${project.id}`),
  }
}

export function statusJson(site: SandboxSite, { id, name, category }: (typeof STATUSES)[number]): object {
  return {
    self: `${site.apiUrl()}/status/${id}`,
    description: '',
    iconUrl: `${site.baseUrl()}/images/icons/statuses/open.png`,
    name,
    id: String(id),
    statusCategory: { self: `${site.apiUrl()}/statuscategory/${category.id}`, ...category },
  }
}

export function resolutionJson(
  site: SandboxSite,
  { id, name, description }: (typeof RESOLUTIONS)[number],
): object {
  return { self: `${site.apiUrl()}/resolution/${id}`, id: String(id), name, description }
}

const DISPLAY_NAME = 'Sandbox User'

/** Somebody who has tickets of this Jira: the account itself (0), or one of those who report. */
export interface SandboxUser {
  readonly id: number
  readonly accountId: string
  readonly email: string
  readonly displayName: string
}

/** The account itself, and who else reports tickets. */
export function users({ identity: { accountId, email } }: SandboxSite): SandboxUser[] {
  const others = REPORTERS.map(({ id, name }) => ({
    id,
    accountId: `${accountId}-${id}`,
    email: `${name.toLowerCase().replace(' ', '-')}@sandbox.example`,
    displayName: name,
  }))
  return [{ id: 0, accountId, email, displayName: DISPLAY_NAME }, ...others]
}

export function userJson(site: SandboxSite, userId = 0): object | null {
  const user = users(site).find(({ id }) => id === userId)
  if (user === undefined) return null
  const { id, accountId, email, displayName } = user
  const name = userNameOf(email)
  const who =
    site.settings().deployment === 'cloud'
      ? { self: `${site.apiUrl()}/user?accountId=${accountId}`, accountId, accountType: 'atlassian' }
      : { self: `${site.apiUrl()}/user?username=${name}`, name, key: `JIRAUSER${10_000 + id}` }
  return {
    ...who,
    emailAddress: email,
    avatarUrls: avatarUrls(site, `user/${accountId}`),
    displayName,
    active: true,
    timeZone: site.settings().userZone,
  }
}

/** The account's name on a Data Center server, which knows no account ids. */
export function userName(site: SandboxSite): string {
  return userNameOf(site.identity.email)
}

export function userNameOf(email: string): string {
  return email.split('@')[0] ?? ''
}

function avatarUrls(site: SandboxSite, of: string): object {
  const url = (size: number): string => `${site.baseUrl()}/avatars/${of}?size=${size}`
  return { '48x48': url(48), '24x24': url(24), '16x16': url(16), '32x32': url(32) }
}
