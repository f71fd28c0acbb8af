import { Type } from 'typebox'
import { checked, queryInteger } from '../http/checked.ts'
import { badRequest, noSuchIssue, noSuchProject } from '../http/jira-error.ts'
import { NO_CONTENT, ok, param, type Call, type Route } from '../http/route.ts'
import { issueKey, type IssueRecord } from '../issues/issue-record.ts'
import { createIssue, deleteIssue, editIssue, moveIssue } from '../issues/write-issue.ts'
import { unrestricted, type SandboxSite } from '../site.ts'

/** No part of Jira: tickets as they are, whatever search knows of them, and other people, who may do anything with them. */

const PATH = '/sandbox/issues'

function issueOf(site: SandboxSite, call: Call): IssueRecord {
  const issue = site.everything.issues.find(param(call, 'issueIdOrKey'))
  if (issue === undefined) throw noSuchIssue()
  return issue
}

const MAX_TICKETS = 1_000_000

/** Every ticket; with `?label=`, those that carry it. With `?after=` and `?limit=`, that many from behind that id. */
export const allIssues: Route = {
  method: 'GET',
  path: PATH,
  anonymous: null,
  handle: (site, { query }) => {
    const issues = site.issues.all({
      label: query.get('label'),
      afterId: queryInteger(query, 'after', { fallback: 0, min: 0, max: Number.MAX_SAFE_INTEGER }),
      limit: queryInteger(query, 'limit', { fallback: MAX_TICKETS, min: 1, max: MAX_TICKETS }),
    })
    return ok({ issues: issues.map((issue) => ({ ...issue, id: String(issue.id), key: issueKey(issue) })) })
  },
}

const Stamps = Type.Object({ createdMs: Type.Optional(Type.Integer({ minimum: 0 })) })

/** Makes a ticket, with the body of Jira's own create, and where it has `createdMs`, with that stamp. */
export const addIssue: Route = {
  method: 'POST',
  path: PATH,
  anonymous: null,
  handle: (site, call) => {
    const { createdMs } = checked(Stamps, call.body)
    return { status: 201, body: createIssue(unrestricted(site), call.body, createdMs) }
  },
}

/** Changes a ticket, with the body of Jira's own edit. */
export const changeIssue: Route = {
  method: 'PUT',
  path: `${PATH}/:issueIdOrKey`,
  anonymous: null,
  handle: (site, call) => {
    editIssue(unrestricted(site), issueOf(site, call), call.body)
    return NO_CONTENT
  },
}

export const removeIssue: Route = {
  method: 'DELETE',
  path: `${PATH}/:issueIdOrKey`,
  anonymous: null,
  handle: (site, call) => {
    deleteIssue(unrestricted(site), issueOf(site, call))
    return NO_CONTENT
  },
}

const MoveBody = Type.Object({ projectKey: Type.String() }, { additionalProperties: false })

/** Moves a ticket to another project, for which Jira has a page and a bulk operation only. */
export const moveToProject: Route = {
  method: 'PUT',
  path: `${PATH}/:issueIdOrKey/project`,
  anonymous: null,
  handle: (site, call) => {
    const { projectKey } = checked(MoveBody, call.body)
    const issue = issueOf(site, call)
    const project = site.everything.projects.find(projectKey)
    if (project === undefined) throw noSuchProject(projectKey)
    if (project.key === issue.projectKey) throw badRequest(`${issueKey(issue)} is in ${project.key} already.`)
    const moved = moveIssue(site, issue, project.key)
    return ok({ id: String(moved.id), key: issueKey(moved) })
  },
}
