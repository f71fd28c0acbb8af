import { ok, type Route } from '../../http/route.ts'
import { projectJson } from '../../issues/vocabulary-json.ts'

/** Every project that the account sees, in one array. */
export const listProjects: Route = {
  method: 'GET',
  path: '/rest/api/2/project',
  anonymous: null,
  handle: (site) => ok(site.projects.all().map((project) => projectJson(site, project))),
}
