import { ok, type Route } from '../../http/route.ts'
import { offsetSearch, readOffsetSearch } from '../../search/offset-search.ts'
import { searchedFrom } from '../../search/search-request.ts'

export const searches: readonly Route[] = (['GET', 'POST'] as const).map((method) => ({
  method,
  path: '/rest/api/2/search',
  ticketsFrom: searchedFrom,
  anonymous: null,
  handle: (site, call) => ok(offsetSearch(site, readOffsetSearch(method, call), call.oddity)),
}))
