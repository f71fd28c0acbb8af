import type { Route } from '../http/route.ts'
import { browsePage } from './browse-page.ts'
import { allIssues, getClock, getFaults, getSettings, putClock, putFaults, putSettings } from './control.ts'
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
import { getServerInfo, tenantInfo } from './server-info.ts'

/** Everything that the sandbox answers. */
export const ALL_ROUTES: readonly Route[] = [
  myself,
  myPermissions,
  getServerInfo,
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
  getClock,
  putClock,
  getFaults,
  putFaults,
  getSettings,
  putSettings,
  allIssues,
]
