import { ISSUE_TYPES, RESOLUTIONS, STATUSES } from '../catalog.ts'
import { ok, type Route } from '../http/route.ts'
import { fieldList } from '../issues/field-list.ts'
import { issueTypeJson, projectJson, resolutionJson, statusJson } from '../issues/vocabulary-json.ts'
import type { SandboxSite } from '../site.ts'

const LISTS: Readonly<Record<string, (site: SandboxSite) => readonly object[]>> = {
  field: fieldList,
  issuetype: (site) => ISSUE_TYPES.map((type) => issueTypeJson(site, type)),
  project: (site) => site.projects.all().map((project) => projectJson(site, project)),
  resolution: (site) => RESOLUTIONS.map((resolution) => resolutionJson(site, resolution)),
  status: (site) => STATUSES.map((status) => statusJson(site, status)),
}

/** What both kinds of Jira list whole, each in one array. */
export const classicLists: readonly Route[] = Object.entries(LISTS).map(([name, list]) => ({
  method: 'GET',
  path: `/rest/api/3/${name}`,
  anonymous: () => ok([]),
  handle: (site) => ok(list(site)),
}))
