import { offsetPage } from '../../http/checked.ts'
import { ok, type Call, type Route } from '../../http/route.ts'
import { fieldsJson, typesJson } from '../create-meta.ts'

const PATH = '/rest/api/2/issue/createmeta/:projectIdOrKey/issuetypes'
const MAX_PAGE = 200

/** Data Center's pages are called `values` whatever they hold. See https://github.com/pycontribs/jira/issues/1699. */
function page(call: Call, values: readonly object[]): object {
  return { ...offsetPage('', call.query, values, MAX_PAGE), self: undefined }
}

export const creatableTypes: Route = {
  method: 'GET',
  path: PATH,
  anonymous: null,
  handle: (site, call) => ok(page(call, typesJson(site, call))),
}

export const creatableFields: Route = {
  method: 'GET',
  path: `${PATH}/:issueTypeId`,
  anonymous: null,
  handle: (site, call) => ok(page(call, fieldsJson(site, call))),
}
