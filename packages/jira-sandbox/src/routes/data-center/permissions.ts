import { type Route } from '../../http/route.ts'
import { myPermissions as cloudPermissions } from '../identity.ts'

const KEYS = 'BROWSE_PROJECTS,CREATE_ISSUES,EDIT_ISSUES,DELETE_ISSUES,BULK_CHANGE,ADMINISTER'

/** Data Center lists all permissions, whichever are asked for. */
export const myPermissions: Route = {
  method: 'GET',
  path: '/rest/api/2/mypermissions',
  anonymous: null,
  handle: (site, call) => {
    const query = new URLSearchParams(call.query)
    query.set('permissions', KEYS)
    return cloudPermissions.handle(site, { ...call, query })
  },
}
