import {
  COMPONENTS,
  FIRST_STATUS,
  ISSUE_TYPES,
  RESOLUTIONS,
  SEVERITIES,
  SEVERITY_FIELD,
  STATUSES,
} from '../catalog.ts'
import type { SandboxSite } from '../site.ts'
import { asDocument, asWikiText } from './description.ts'
import { issueKey, type IssueRecord } from './issue-record.ts'
import {
  componentJson,
  issueTypeJson,
  optionJson,
  priorityJson,
  projectJson,
  resolutionJson,
  statusJson,
  userJson,
} from './vocabulary-json.ts'

type FieldJson = (site: SandboxSite, issue: IssueRecord) => unknown

/** Every field that a ticket of the sandbox has. */
const FIELDS: Readonly<Record<string, FieldJson>> = {
  summary: (_site, issue) => issue.title,
  priority: (site, issue) => {
    const priority = site.priorities().find(({ id }) => id === issue.priorityId)
    return priority === undefined ? null : priorityJson(site, priority)
  },
  status: (site, issue) => statusJson(site, STATUSES.find(({ id }) => id === issue.statusId) ?? FIRST_STATUS),
  issuetype: (site, issue) => {
    const type = ISSUE_TYPES.find(({ id }) => id === issue.typeId)
    return type === undefined ? null : issueTypeJson(site, type)
  },
  project: (site, issue) => {
    const project = site.projects.find(issue.projectKey)
    return project === undefined ? null : projectJson(site, project)
  },
  labels: (_site, issue) => issue.labels,
  created: (site, issue) => site.timestamp(issue.createdMs),
  updated: (site, issue) => site.timestamp(issue.updatedMs),
  description: (site, issue) => descriptionJson(site, issue),
  components: (site, issue) =>
    COMPONENTS.filter(({ id }) => issue.componentIds.includes(id)).map((one) => componentJson(site, one)),
  reporter: (site, issue) => userJson(site, issue.reporterId),
  creator: (site) => userJson(site),
  assignee: () => null,
  resolution: (site, issue) => {
    const resolution = RESOLUTIONS.find(({ id }) => id === issue.resolutionId)
    return resolution === undefined ? null : resolutionJson(site, resolution)
  },
  duedate: () => null,
  [SEVERITY_FIELD.id]: (site, issue) => {
    // A site without the field does not know it; what is undefined is no part of the JSON.
    if (site.settings().severity === 'none') return undefined
    const option = SEVERITIES.find(({ id }) => id === issue.severityId)
    return option === undefined ? null : optionJson(site, option)
  },
}

/**
 * The fields that a request asks for, by Jira's rules: names, `*all` and `*navigable` for every one, `-name` for all
 * but that. `id` and `key` are always there and are no fields. Names that Jira does not know are left out.
 */
export function selectFields(asked: readonly string[]): string[] {
  const every = Object.keys(FIELDS)
  const removed = new Set(asked.filter((name) => name.startsWith('-')).map((name) => name.slice(1)))
  const all = asked.some((name) => name === '*all' || name === '*navigable') || asked.length === removed.size
  const wanted = all ? every : every.filter((name) => asked.includes(name))
  return wanted.filter((name) => !removed.has(name))
}

/** A ticket in Jira's form. Without fields it has none, not an empty object. */
export function issueJson(
  site: SandboxSite,
  issue: IssueRecord,
  fields: readonly string[],
  properties: Readonly<Record<string, unknown>> | undefined,
): object {
  const json: Record<string, unknown> = {
    expand: 'operations,versionedRepresentations,editmeta,changelog,renderedFields',
    id: String(issue.id),
    self: issueUrl(site, issue),
    key: issueKey(issue),
  }
  if (properties !== undefined) json['properties'] = properties
  if (fields.length > 0) {
    json['fields'] = Object.fromEntries(fields.map((name) => [name, FIELDS[name]?.(site, issue)]))
  }
  return json
}

/** Cloud's REST v3 has documents, Data Center's v2 wiki text, whichever way the ticket was made. */
function descriptionJson(site: SandboxSite, issue: IssueRecord): unknown {
  const description = site.issues.description(issue.id)
  return site.apiVersion() === 3 ? asDocument(description) : asWikiText(description)
}

export function issueUrl(site: SandboxSite, issue: Pick<IssueRecord, 'id'>): string {
  return `${site.apiUrl()}/issue/${issue.id}`
}
