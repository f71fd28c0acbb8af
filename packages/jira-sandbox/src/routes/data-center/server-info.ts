import { ok, type Route } from '../../http/route.ts'
import type { SandboxSite } from '../../site.ts'

function serverInfo(site: SandboxSite): object {
  const { serverVersion } = site.settings()
  return {
    baseUrl: site.baseUrl(),
    version: serverVersion,
    versionNumbers: serverVersion.split('.').map(Number),
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
