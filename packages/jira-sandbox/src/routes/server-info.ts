import { ok, type Route } from '../http/route.ts'
import type { SandboxSite } from '../site.ts'

function serverInfo(site: SandboxSite): object {
  return {
    baseUrl: site.baseUrl(),
    displayUrl: site.baseUrl(),
    version: '1001.0.0-SNAPSHOT',
    versionNumbers: [1001, 0, 0],
    deploymentType: 'Cloud',
    buildNumber: 100_300,
    buildDate: site.timestamp(Date.UTC(2026, 10, 1)),
    serverTime: site.timestamp(site.clock.now()),
    scmInfo: '0000000000000000000000000000000000000000',
    serverTitle: 'Sandbox Jira',
    serverTimeZone: site.settings().siteZone,
  }
}

/** At v2 too, where a Data Center server has it: one question distinguishes the two kinds of Jira. */
export const getServerInfo: Route = {
  method: 'GET',
  path: '/rest/api/3/serverInfo',
  anonymous: (site) => ok(serverInfo(site)),
  open: true,
  handle: (site) => ok(serverInfo(site)),
}

/** Where clients learn a site's cloud id. */
export const tenantInfo: Route = {
  method: 'GET',
  path: '/_edge/tenant_info',
  anonymous: (site) => ok({ cloudId: site.identity.siteId }),
  handle: (site) => ok({ cloudId: site.identity.siteId }),
}
