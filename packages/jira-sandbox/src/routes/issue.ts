import { queryList } from '../http/checked.ts'
import { noSuchIssue } from '../http/jira-error.ts'
import { NO_CONTENT, ok, param, type Call, type Route } from '../http/route.ts'
import { issueJson, selectFields } from '../issues/issue-json.ts'
import type { IssueRecord } from '../issues/issue-record.ts'
import { deleteIssue as deleteNow, editIssue } from '../issues/write-issue.ts'
import type { SandboxSite } from '../site.ts'
import { mayNotWrite } from './create-issue.ts'

const PATH = '/rest/api/3/issue/:issueIdOrKey'

/** The ticket that the path names. Throws Jira's 404. */
export function issueOf(site: SandboxSite, call: Call): IssueRecord {
  const issue = site.issues.find(param(call, 'issueIdOrKey'))
  if (issue === undefined) throw noSuchIssue()
  return issue
}

/** To an anonymous caller no ticket exists. */
export function seesNoIssue(): never {
  throw noSuchIssue()
}

export const getIssue: Route = {
  method: 'GET',
  path: PATH,
  anonymous: seesNoIssue,
  handle: (site, call) => {
    const issue = issueOf(site, call)
    const fields = selectFields(queryList(call.query, 'fields'))
    const wanted = queryList(call.query, 'properties')
    const properties = site.properties.ofIssues([issue.id], wanted).get(issue.id)
    return ok(issueJson(site, issue, fields, wanted.length > 0 ? (properties ?? {}) : undefined))
  },
}

export const putIssue: Route = {
  method: 'PUT',
  path: PATH,
  anonymous: mayNotWrite,
  handle: (site, call) => {
    editIssue(site, issueOf(site, call), call.body)
    return NO_CONTENT
  },
}

export const deleteIssue: Route = {
  method: 'DELETE',
  path: PATH,
  anonymous: mayNotWrite,
  handle: (site, call) => {
    deleteNow(site, issueOf(site, call))
    return NO_CONTENT
  },
}
