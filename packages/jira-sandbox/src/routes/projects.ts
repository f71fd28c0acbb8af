import { ISSUE_TYPES } from '../catalog.ts'
import type { ProjectRecord } from '../database/projects.ts'
import { offsetPage, queryList } from '../http/checked.ts'
import { badRequest, noSuchProject } from '../http/jira-error.ts'
import { ok, param, type Call, type Route } from '../http/route.ts'
import { issueTypeJson, projectJson, userJson } from '../issues/vocabulary-json.ts'
import type { SandboxSite } from '../site.ts'

const MAX_PAGE = 100

function pageOfProjects(site: SandboxSite, call: Call, projects: readonly ProjectRecord[]): object {
  const values = projects.map((project) => ({
    ...projectJson(site, project),
    style: 'classic',
    isPrivate: false,
  }))
  return offsetPage(`${site.apiUrl()}/project/search`, call.query, values, MAX_PAGE)
}

export const searchProjects: Route = {
  method: 'GET',
  path: '/rest/api/3/project/search',
  anonymous: (site, call) => ok(pageOfProjects(site, call, [])),
  handle: (site, call) => {
    const keys = queryList(call.query, 'keys')
    const ids = queryList(call.query, 'id')
    const text = (call.query.get('query') ?? '').toLowerCase()
    const found = site.projects
      .all()
      .filter(
        ({ id, key, name }) =>
          (keys.length === 0 || keys.includes(key)) &&
          (ids.length === 0 || ids.includes(String(id))) &&
          `${key} ${name}`.toLowerCase().includes(text),
      )
    return ok(pageOfProjects(site, call, found))
  },
}

export const getProject: Route = {
  method: 'GET',
  path: '/rest/api/3/project/:projectIdOrKey',
  anonymous: (_site, call) => {
    throw noSuchProject(param(call, 'projectIdOrKey'))
  },
  handle: (site, call) => {
    const idOrKey = param(call, 'projectIdOrKey')
    const project = site.projects.find(idOrKey)
    if (project === undefined) throw noSuchProject(idOrKey)
    return ok({
      ...projectJson(site, project),
      expand: 'description,lead,issueTypes,url,projectKeys,permissions,insight',
      description: '',
      lead: userJson(site),
      components: [],
      versions: [],
      roles: {},
      properties: {},
      assigneeType: 'UNASSIGNED',
      issueTypes: ISSUE_TYPES.map((type) => issueTypeJson(site, type)),
      style: 'classic',
      isPrivate: false,
    })
  },
}

/** The issue types of one project. */
export const projectIssueTypes: Route = {
  method: 'GET',
  path: '/rest/api/3/issuetype/project',
  anonymous: (_site, call) => {
    throw noSuchProject(call.query.get('projectId') ?? '')
  },
  handle: (site, call) => {
    const projectId = call.query.get('projectId')
    if (projectId === null || !/^\d+$/.test(projectId)) throw badRequest('projectId must be a number')
    if (site.projects.find(projectId) === undefined) throw noSuchProject(projectId)
    return ok(ISSUE_TYPES.map((type) => issueTypeJson(site, type)))
  },
}
