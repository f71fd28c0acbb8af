import {
  DEFAULT_PRIORITY_ID,
  findIssueType,
  ISSUE_TYPES,
  PRIORITIES,
  type CatalogPriority,
} from '../catalog.ts'
import { queryInteger } from '../http/checked.ts'
import { badRequest } from '../http/jira-error.ts'
import { ok, param, type Call, type Route } from '../http/route.ts'
import { issueTypeJson, priorityJson, projectJson } from '../issues/vocabulary-json.ts'
import type { Site } from '../site.ts'

const PATH = '/rest/api/3/issue/createmeta/:projectIdOrKey/issuetypes'

function page(call: Call, name: string, all: readonly object[]): object {
  const startAt = queryInteger(call.query, 'startAt', { fallback: 0, min: 0, max: Number.MAX_SAFE_INTEGER })
  const maxResults = queryInteger(call.query, 'maxResults', { fallback: 50, min: 0, max: 200 })
  return { [name]: all.slice(startAt, startAt + maxResults), maxResults, startAt, total: all.length }
}

function projectOf(site: Site, call: Call) {
  const project = site.projects.find(param(call, 'projectIdOrKey'))
  if (project === undefined) throw badRequest('No project could be found with the given id or key.')
  return project
}

export const creatableTypes: Route = {
  method: 'GET',
  path: PATH,
  anonymous: (_site, call) => ok(page(call, 'issueTypes', [])),
  handle: (site, call) => {
    projectOf(site, call)
    return ok(
      page(
        call,
        'issueTypes',
        ISSUE_TYPES.map((type) => issueTypeJson(site, type)),
      ),
    )
  },
}

/** The create screen of one issue type: what can be set, and the priorities that can be chosen. */
export const creatableFields: Route = {
  method: 'GET',
  path: `${PATH}/:issueTypeId`,
  anonymous: (_site, call) => ok(page(call, 'fields', [])),
  handle: (site, call) => {
    const project = projectOf(site, call)
    const type = findIssueType(param(call, 'issueTypeId'))
    if (type === undefined) throw badRequest('The issue type selected is invalid.')
    const fields = [
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
        {
          operations: ['add', 'set', 'remove'],
        },
      ),
      ...(site.settings().priorityOnScreen ? [priorityField(site)] : []),
    ]
    return ok(page(call, 'fields', fields))
  },
}

function priorityField(site: Site): object {
  const standard = PRIORITIES.find(({ id }) => id === DEFAULT_PRIORITY_ID) as CatalogPriority
  return field(
    'priority',
    'Priority',
    { type: 'priority', system: 'priority' },
    {
      hasDefaultValue: true,
      defaultValue: priorityJson(site, standard),
      allowedValues: PRIORITIES.map((priority) => priorityJson(site, priority)),
    },
  )
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
