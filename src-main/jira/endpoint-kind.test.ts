import { expect, test } from 'vitest'
import { endpointKind } from './link.ts'

test.each([
  ['POST', '/rest/api/3/search/jql', 'search'],
  ['POST', '/rest/api/2/search', 'search'],
  ['POST', '/rest/api/3/search/approximate-count', 'count'],
  ['POST', '/rest/api/3/issue', 'create'],
  ['POST', '/rest/api/3/issue/bulkfetch', 'bulk-fetch'],
  ['DELETE', '/rest/api/3/issue/TPM-12', 'delete'],
  ['GET', '/rest/api/2/issue/TPM-12', 'issue'],
  ['GET', '/rest/api/2/issue/10012/properties/jira-tpm', 'issue'],
  ['GET', '/rest/api/2/issue/createmeta/TPM/issuetypes/10001', 'create-meta'],
  ['GET', '/rest/api/3/myself', 'myself'],
  ['GET', '/rest/api/3/serverInfo', 'server'],
  ['GET', '/rest/api/3/project/search', 'projects'],
  ['GET', '/rest/api/2/project', 'projects'],
  ['GET', '/rest/api/3/priority/search', 'priorities'],
  ['GET', '/rest/api/2/mypermissions', 'permissions'],
  ['GET', '/_edge/tenant_info', 'other'],
  ['GET', '/rest/api/3/searching', 'other'],
])('%s %s is of the kind %s', (method, path, kind) => {
  expect(endpointKind({ method, path })).toBe(kind)
})
