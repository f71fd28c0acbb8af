import { checked } from '../../http/checked.ts'
import { ok, type Route } from '../../http/route.ts'
import { OffsetSearch, offsetSearch, offsetSearchFrom } from '../../search/offset-search.ts'

const PATH = '/rest/api/2/search'

export const searchByGet: Route = {
  method: 'GET',
  path: PATH,
  anonymous: null,
  handle: (site, call) => ok(offsetSearch(site, offsetSearchFrom(call.query), call.oddity)),
}

export const searchByPost: Route = {
  method: 'POST',
  path: PATH,
  anonymous: null,
  handle: (site, call) => ok(offsetSearch(site, checked(OffsetSearch, call.body), call.oddity)),
}
