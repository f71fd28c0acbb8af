import { ok, type Route } from '../../http/route.ts'
import type { SandboxSite } from '../../site.ts'

function serverInfo(site: SandboxSite): object {
  return {
    baseUrl: site.baseUrl(),
    version: '10.3.5',
    versionNumbers: [10, 3, 5],
    deploymentType: 'Server',
    buildNumber: 10_030_005,
    buildDate: site.timestamp(Date.UTC(2025, 3, 1)),
    serverTime: site.timestamp(site.clock.now()),
    scmInfo: '0000000000000000000000000000000000000000',
    serverTitle: 'Sandbox Jira',
  }
}

export const getServerInfo: Route = {
  method: 'GET',
  path: '/rest/api/2/serverInfo',
  anonymous: (site) => ok(serverInfo(site)),
  open: true,
  handle: (site) => ok(serverInfo(site)),
}
