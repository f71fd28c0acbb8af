import { may } from '../account-view.ts'
import {
  COMPONENTS,
  DEFAULT_PRIORITY_ID,
  findIssueType,
  ISSUE_TYPES,
  REQUIRED_FIELD,
  SEVERITIES,
  SEVERITY_FIELD,
  type CatalogPriority,
} from '../catalog.ts'
import { queryInteger } from '../http/checked.ts'
import { badRequest } from '../http/jira-error.ts'
import { ok, param, type Call, type Route } from '../http/route.ts'
import {
  componentJson,
  issueTypeJson,
  optionJson,
  priorityJson,
  projectJson,
} from '../issues/vocabulary-json.ts'
import type { SandboxSite } from '../site.ts'

const PATH = '/rest/api/3/issue/createmeta/:projectIdOrKey/issuetypes'

function page(call: Call, name: string, all: readonly object[]): object {
  const startAt = queryInteger(call.query, 'startAt', { fallback: 0, min: 0, max: Number.MAX_SAFE_INTEGER })
  const maxResults = queryInteger(call.query, 'maxResults', { fallback: 50, min: 0, max: 200 })
  return { [name]: all.slice(startAt, startAt + maxResults), maxResults, startAt, total: all.length }
}

function projectOf(site: SandboxSite, call: Call) {
  const project = site.projects.find(param(call, 'projectIdOrKey'))
  if (project === undefined) throw badRequest('No project could be found with the given id or key.')
  return project
}

/** What can be created in the project that the path names. Throws Jira's 400. */
export function typesJson(site: SandboxSite, call: Call): object[] {
  projectOf(site, call)
  if (!may(site.settings(), 'create')) return []
  return ISSUE_TYPES.map((type) => issueTypeJson(site, type))
}

export const creatableTypes: Route = {
  method: 'GET',
  path: PATH,
  anonymous: (_site, call) => ok(page(call, 'issueTypes', [])),
  handle: (site, call) => ok(page(call, 'issueTypes', typesJson(site, call))),
}

/** The create screen of the issue type that the path names. Throws Jira's 400. */
export function fieldsJson(site: SandboxSite, call: Call): object[] {
  const project = projectOf(site, call)
  const type = findIssueType(param(call, 'issueTypeId'))
  const settings = site.settings()
  if (!may(settings, 'create')) return []
  if (type === undefined) throw badRequest('The issue type selected is invalid.')
  return [
    field('summary', 'Summary', { type: 'string', system: 'summary' }, { required: true }),
    field(
      'issuetype',
      'Issue Type',
      { type: 'issuetype', system: 'issuetype' },
      { required: true, operations: [], allowedValues: [issueTypeJson(site, type)] },
    ),
    field(
      'project',
      'Project',
      { type: 'project', system: 'project' },
      { required: true, allowedValues: [projectJson(site, project)] },
    ),
    field('description', 'Description', { type: 'string', system: 'description' }),
    field(
      'labels',
      'Labels',
      { type: 'array', items: 'string', system: 'labels' },
      { operations: ['add', 'set', 'remove'] },
    ),
    field(
      'components',
      'Components',
      { type: 'array', items: 'component', system: 'components' },
      {
        operations: ['add', 'set', 'remove'],
        allowedValues: COMPONENTS.map((one) => componentJson(site, one)),
      },
    ),
    field('reporter', 'Reporter', { type: 'user', system: 'reporter' }, { hasDefaultValue: true }),
    ...(settings.priorityOnScreen ? [priorityField(site)] : []),
    ...(settings.severity === 'none' ? [] : [severityField(site)]),
    ...(settings.requiredField ? [requiredTextField()] : []),
  ]
}

/** The create screen of one issue type: what can be set, and the priorities that can be chosen. */
export const creatableFields: Route = {
  method: 'GET',
  path: `${PATH}/:issueTypeId`,
  anonymous: (_site, call) => ok(page(call, 'fields', [])),
  handle: (site, call) => ok(page(call, 'fields', fieldsJson(site, call))),
}

function priorityField(site: SandboxSite): object {
  const standard = site.priorities().find(({ id }) => id === DEFAULT_PRIORITY_ID) as CatalogPriority
  return field(
    'priority',
    'Priority',
    { type: 'priority', system: 'priority' },
    {
      hasDefaultValue: true,
      defaultValue: priorityJson(site, standard),
      allowedValues: site.priorities().map((priority) => priorityJson(site, priority)),
    },
  )
}

const CUSTOM = 'com.atlassian.jira.plugin.system.customfieldtypes'

function severityField(site: SandboxSite): object {
  const { id, name, customId } = SEVERITY_FIELD
  const schema = { type: 'option', custom: `${CUSTOM}:select`, customId }
  return field(id, name, schema, { allowedValues: SEVERITIES.map((option) => optionJson(site, option)) })
}

function requiredTextField(): object {
  const { id, name, customId } = REQUIRED_FIELD
  return field(id, name, { type: 'string', custom: `${CUSTOM}:textfield`, customId }, { required: true })
}

function field(id: string, name: string, schema: object, more: object = {}): object {
  return {
    required: false,
    schema,
    name,
    key: id,
    fieldId: id,
    hasDefaultValue: false,
    operations: ['set'],
    ...more,
  }
}
