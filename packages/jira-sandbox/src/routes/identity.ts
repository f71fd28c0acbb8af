import { may, type Permission } from '../account-view.ts'
import { badRequest, noSuchProject } from '../http/jira-error.ts'
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
  { id: '10', key: 'BROWSE_PROJECTS', name: 'Browse Projects', type: 'PROJECT', needs: 'browse' },
  { id: '11', key: 'CREATE_ISSUES', name: 'Create Issues', type: 'PROJECT', needs: 'create' },
  { id: '12', key: 'EDIT_ISSUES', name: 'Edit Issues', type: 'PROJECT', needs: 'browse' },
  { id: '16', key: 'DELETE_ISSUES', name: 'Delete Issues', type: 'PROJECT', needs: 'delete' },
  { id: '33', key: 'BULK_CHANGE', name: 'Make bulk changes', type: 'GLOBAL', needs: null },
  { id: '0', key: 'ADMINISTER', name: 'Administer Jira', type: 'GLOBAL', needs: 'administer' },
] as const satisfies readonly { needs: Permission | null; [property: string]: unknown }[]

function permissionsFor(call: Call, has: (needs: Permission | null) => boolean): object {
  const asked = call.query.get('permissions')
  if (asked === null || asked === '') throw badRequest("The 'permissions' query parameter is required.")
  const entries = asked.split(',').map((key) => {
    const permission = PERMISSIONS.find((known) => known.key === key.trim())
    if (permission === undefined) throw badRequest(`Unrecognized permission '${key}'`)
    const { needs, ...said } = permission
    return [
      permission.key,
      { ...said, description: `Ability to: ${permission.name}.`, havePermission: has(needs) },
    ]
  })
  return { permissions: Object.fromEntries(entries) as object }
}

/** What the one account may do, in the project that is named or at all; an anonymous caller may nothing. */
export const myPermissions: Route = {
  method: 'GET',
  path: '/rest/api/3/mypermissions',
  anonymous: (_site, call) => ok(permissionsFor(call, () => false)),
  handle: (site, call) => {
    const project = call.query.get('projectKey') ?? call.query.get('projectId')
    if (project !== null && site.projects.find(project) === undefined) throw noSuchProject(project)
    const seesOne = site.projects.all().length > 0
    const has = (needs: Permission | null): boolean =>
      needs === null || ((seesOne || needs === 'administer') && may(site.settings(), needs))
    return ok(permissionsFor(call, has))
  },
}
