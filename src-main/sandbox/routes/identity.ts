import { badRequest } from '../http/jira-error.ts'
import { ok, type Call, type Route } from '../http/route.ts'
import { userJson } from '../issues/vocabulary-json.ts'

export const myself: Route = {
  method: 'GET',
  path: '/rest/api/3/myself',
  anonymous: null,
  handle: (site) =>
    ok({
      ...userJson(site),
      locale: 'en_US',
      groups: { size: 1, items: [] },
      applicationRoles: { size: 1, items: [] },
    }),
}

const PERMISSIONS = [
  { id: '10', key: 'BROWSE_PROJECTS', name: 'Browse Projects', type: 'PROJECT' },
  { id: '11', key: 'CREATE_ISSUES', name: 'Create Issues', type: 'PROJECT' },
  { id: '12', key: 'EDIT_ISSUES', name: 'Edit Issues', type: 'PROJECT' },
  { id: '16', key: 'DELETE_ISSUES', name: 'Delete Issues', type: 'PROJECT' },
  { id: '33', key: 'BULK_CHANGE', name: 'Make bulk changes', type: 'GLOBAL' },
  { id: '0', key: 'ADMINISTER', name: 'Administer Jira', type: 'GLOBAL' },
] as const

function permissionsFor(call: Call, havePermission: boolean): object {
  const asked = call.query.get('permissions')
  if (asked === null || asked === '') throw badRequest("The 'permissions' query parameter is required.")
  const entries = asked.split(',').map((key) => {
    const permission = PERMISSIONS.find((known) => known.key === key.trim())
    if (permission === undefined) throw badRequest(`Unrecognized permission '${key}'`)
    return [permission.key, { ...permission, description: `Ability to: ${permission.name}.`, havePermission }]
  })
  return { permissions: Object.fromEntries(entries) as object }
}

/** The one account may do everything, an anonymous caller nothing. */
export const myPermissions: Route = {
  method: 'GET',
  path: '/rest/api/3/mypermissions',
  anonymous: (_site, call) => ok(permissionsFor(call, false)),
  handle: (_site, call) => ok(permissionsFor(call, true)),
}
