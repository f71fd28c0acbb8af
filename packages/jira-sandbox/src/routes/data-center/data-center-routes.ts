import { ofAnyTicket, type Route } from '../../http/route.ts'
import { classicLists } from '../classic-lists.ts'
import { createMany, createOne } from '../create-issue.ts'
import { myself } from '../identity.ts'
import { deleteProperty, getProperty, listProperties, putProperty } from '../issue-properties.ts'
import { deleteIssue, getIssue, putIssue } from '../issue.ts'
import { getPriority, listPriorities } from '../priorities.ts'
import { getProject } from '../projects.ts'
import { creatableFields, creatableTypes } from './create-meta.ts'
import { myPermissions } from './permissions.ts'
import { searches } from './search.ts'
import { getServerInfo } from './server-info.ts'

/** An endpoint that v2 has in the same form as v3. What is in its answers follows the kind of Jira that is played. */
function asV2(route: Route): Route {
  return { ...route, path: route.path.replace('/rest/api/3/', '/rest/api/2/') }
}

/** What the sandbox answers as a Data Center server: REST v2, without what only Cloud has. */
export const DATA_CENTER_ROUTES: readonly Route[] = [
  getServerInfo,
  ...[myself, getProject, listPriorities, getPriority].map(asV2),
  myPermissions,
  ...classicLists.map(asV2).map((route): Route => ({ ...route, anonymous: null })),
  creatableTypes,
  creatableFields,
  ...[createOne, createMany].map(asV2),
  ...[getIssue, putIssue, deleteIssue].map(asV2).map(ofAnyTicket),
  ...[listProperties, getProperty, putProperty, deleteProperty].map(asV2).map(ofAnyTicket),
  ...searches,
]
