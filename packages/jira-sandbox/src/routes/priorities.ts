import { DEFAULT_PRIORITY_ID, type CatalogPriority } from '../catalog.ts'
import { offsetPage, queryList } from '../http/checked.ts'
import { notFound } from '../http/jira-error.ts'
import { ok, param, type Call, type Route } from '../http/route.ts'
import { priorityJson } from '../issues/vocabulary-json.ts'
import type { SandboxSite } from '../site.ts'

function fullPriority(site: SandboxSite, priority: CatalogPriority): object {
  return {
    ...priorityJson(site, priority),
    description: priority.description,
    statusColor: priority.statusColor,
    isDefault: priority.id === DEFAULT_PRIORITY_ID,
  }
}

/** The old list: an array. */
export const listPriorities: Route = {
  method: 'GET',
  path: '/rest/api/3/priority',
  anonymous: () => ok([]),
  handle: (site) => ok(site.priorities().map((priority) => fullPriority(site, priority))),
}

export const searchPriorities: Route = {
  method: 'GET',
  path: '/rest/api/3/priority/search',
  anonymous: null,
  handle: (site, call) => {
    const asked = site.priorities().filter((priority) => isAskedFor(priority, call))
    const values = asked.map((priority) => fullPriority(site, priority))
    return ok(offsetPage(`${site.apiUrl()}/priority/search`, call.query, values, 50))
  },
}

function isAskedFor(priority: CatalogPriority, call: Call): boolean {
  const ids = queryList(call.query, 'id')
  const name = call.query.get('priorityName') ?? ''
  const onlyDefault = call.query.get('onlyDefault') === 'true'
  return (
    (ids.length === 0 || ids.includes(String(priority.id))) &&
    priority.name.toLowerCase().includes(name.toLowerCase()) &&
    (!onlyDefault || priority.id === DEFAULT_PRIORITY_ID)
  )
}

export const getPriority: Route = {
  method: 'GET',
  path: '/rest/api/3/priority/:id',
  anonymous: (_site, call) => noSuchPriority(call),
  handle: (site, call) => {
    const priority = site.priorities().find(({ id }) => String(id) === param(call, 'id'))
    return priority === undefined ? noSuchPriority(call) : ok(fullPriority(site, priority))
  },
}

function noSuchPriority(call: Call): never {
  throw notFound(`The issue priority with id '${param(call, 'id')}' does not exist.`)
}
