import { ofAnyTicket, type Answer, type Route } from '../http/route.ts'
import { asVersion2 } from '../site.ts'
import { browsePage } from './browse-page.ts'
import { loginPage } from './login-page.ts'
import {
  getClock,
  getDeliveries,
  getFaults,
  getMood,
  getSettings,
  putClock,
  putFaults,
  putMood,
  putSettings,
} from './control.ts'
import { addIssue, allIssues, changeIssue, moveToProject, removeIssue } from './control-issues.ts'
import { bulkProgress, submitBulkDelete } from './bulk-delete.ts'
import { bulkFetch } from './bulk-fetch.ts'
import { classicLists } from './classic-lists.ts'
import { createMany, createOne } from './create-issue.ts'
import { creatableFields, creatableTypes } from './create-meta.ts'
import { myPermissions, myself } from './identity.ts'
import { deleteProperty, getProperty, listProperties, putProperty } from './issue-properties.ts'
import { deleteIssue, getIssue, putIssue } from './issue.ts'
import { parseQueries } from './jql-parse.ts'
import { getPriority, listPriorities, searchPriorities } from './priorities.ts'
import { getProject, projectIssueTypes, searchProjects } from './projects.ts'
import { classicSearches, countIssues, searchByGet, searchByPost } from './search.ts'
import { dynamicWebhooks, WEBHOOK_ROUTES } from '../webhooks/webhook-routes.ts'
import { DATA_CENTER_ROUTES } from './data-center/data-center-routes.ts'
import { getServerInfo, tenantInfo } from './server-info.ts'

/** What the sandbox answers as Jira Cloud at REST v3. */
const VERSION_3: readonly Route[] = [
  myself,
  myPermissions,
  getServerInfo,

  ...classicLists,
  searchProjects,
  getProject,
  projectIssueTypes,
  creatableTypes,
  creatableFields,
  listPriorities,
  searchPriorities,
  getPriority,

  createOne,
  createMany,
  ...[getIssue, putIssue, deleteIssue, bulkFetch, submitBulkDelete, bulkProgress].map(ofAnyTicket),
  ...[listProperties, getProperty, putProperty, deleteProperty].map(ofAnyTicket),

  searchByGet,
  searchByPost,
  countIssues,
  parseQueries,
  ...dynamicWebhooks,
]

/** What is no part of Jira's API, and so is there whichever Jira is played. */
const COMMON_ROUTES: readonly Route[] = [
  ofAnyTicket(browsePage),
  loginPage,
  getClock,
  putClock,
  getFaults,
  putFaults,
  getSettings,
  putSettings,
  getMood,
  putMood,
  getDeliveries,
  ...WEBHOOK_ROUTES,
  addIssue,
  ...[allIssues, changeIssue, removeIssue, moveToProject].map(ofAnyTicket),
]

/** The same at v2, which Cloud has as well. */
function atVersion2(route: Route): Route {
  return {
    ...route,
    path: route.path.replace('/rest/api/3/', '/rest/api/2/'),
    anonymous: route.anonymous && ((site, call) => route.anonymous?.(asVersion2(site), call) as Answer),
    handle: (site, call) => route.handle(asVersion2(site), call),
  }
}

/** Everything that the sandbox answers. */
export const ROUTES: Readonly<Record<'cloud' | 'data-center', readonly Route[]>> = {
  cloud: [...VERSION_3, ...VERSION_3.map(atVersion2), ...classicSearches, tenantInfo, ...COMMON_ROUTES],
  'data-center': [...DATA_CENTER_ROUTES, ...COMMON_ROUTES],
}
