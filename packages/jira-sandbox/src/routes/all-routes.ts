import type { Route } from '../http/route.ts'
import { browsePage } from './browse-page.ts'
import { loginPage } from './login-page.ts'
import {
  getClock,
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
import { createMany, createOne } from './create-issue.ts'
import { creatableFields, creatableTypes } from './create-meta.ts'
import { myPermissions, myself } from './identity.ts'
import { deleteProperty, getProperty, listProperties, putProperty } from './issue-properties.ts'
import { deleteIssue, getIssue, putIssue } from './issue.ts'
import { parseQueries } from './jql-parse.ts'
import { getPriority, listPriorities, searchPriorities } from './priorities.ts'
import { getProject, projectIssueTypes, searchProjects } from './projects.ts'
import { countIssues, removedSearches, searchByGet, searchByPost } from './search.ts'
import { DATA_CENTER_ROUTES } from './data-center/data-center-routes.ts'
import { getCloudServerInfo, getServerInfo, tenantInfo } from './server-info.ts'

/** What the sandbox answers as Jira Cloud, and its own control. */
const CLOUD_ROUTES: readonly Route[] = [
  myself,
  myPermissions,
  getServerInfo,
  getCloudServerInfo,
  tenantInfo,

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
  getIssue,
  putIssue,
  deleteIssue,
  bulkFetch,
  listProperties,
  getProperty,
  putProperty,
  deleteProperty,
  submitBulkDelete,
  bulkProgress,

  searchByGet,
  searchByPost,
  countIssues,
  parseQueries,
  ...removedSearches,

  browsePage,
  loginPage,
  getClock,
  putClock,
  getFaults,
  putFaults,
  getSettings,
  putSettings,
  getMood,
  putMood,
  allIssues,
  addIssue,
  changeIssue,
  removeIssue,
  moveToProject,
]

/** What is no part of Jira's API, and so is there whichever Jira is played. */
const COMMON_ROUTES = CLOUD_ROUTES.filter(({ path }) => /^\/(sandbox\/|browse\/|login\.jsp)/.test(path))

/** Everything that the sandbox answers. */
export const ROUTES: Readonly<Record<'cloud' | 'data-center', readonly Route[]>> = {
  cloud: CLOUD_ROUTES,
  'data-center': [...DATA_CENTER_ROUTES, ...COMMON_ROUTES],
}
