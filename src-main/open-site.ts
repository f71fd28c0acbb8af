import type { Config } from './config/config.ts'
import { openSandboxSite } from './sandbox-site.ts'
import { openCloudSite, type Site, type SiteOptions } from './site.ts'

/** Opens the configured Jira. Starts the sandbox where it is wanted and does not run yet; asks a real Jira nothing. */
export async function openSite(config: Config, options: SiteOptions): Promise<Site> {
  const { jira } = config
  return jira.kind === 'sandbox' ? openSandboxSite(config, options) : openCloudSite(jira, options.clock)
}
