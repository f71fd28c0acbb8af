import type { Config } from '../config/config.ts'
import { openRealSite } from './real-site.ts'
import { openSandboxSite } from './sandbox-site.ts'
import type { Site, SiteParts } from './site.ts'

/** Opens the configured Jira. Starts the sandbox where it is wanted and does not run yet. */
export async function openSite(config: Config, parts: SiteParts): Promise<Site> {
  const { jira } = config
  return jira.kind === 'sandbox' ? openSandboxSite(config, parts) : openRealSite(jira, parts)
}
