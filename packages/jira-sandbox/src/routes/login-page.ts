import { LOGIN_PAGE, LOGIN_PATH } from '../http/pages.ts'
import type { Route } from '../http/route.ts'

/** Where people log in. The sandbox has nobody to let in this way. */
export const loginPage: Route = {
  method: 'GET',
  path: LOGIN_PATH,
  anonymous: () => ({ status: 200, html: LOGIN_PAGE }),
  handle: () => ({ status: 200, html: LOGIN_PAGE }),
}
