import { Type } from 'typebox'
import { Check } from 'typebox/value'
import { brokenAnswer } from './errors.ts'
import type { Link } from './link.ts'
import { isLoopback } from './loopback.ts'
import { READ_REPEATS } from './retry.ts'

const TenantInfo = Type.Object({ cloudId: Type.String({ pattern: '^[\\w-]{1,64}$' }) })

const ATLASSIAN_GATEWAY = 'https://api.atlassian.com'

/** Whether an address may get the site's token: the site's own, or the gateway's. */
export function belongsTo(site: URL, apiUrl: string): boolean {
  const origin = URL.parse(apiUrl)?.origin
  return origin === site.origin || origin === ATLASSIAN_GATEWAY
}

/**
 * The address at which a Cloud site takes API tokens with scopes, which its own address refuses.
 * https://support.atlassian.com/jira/kb/retrieve-my-atlassian-sites-cloud-id/
 */
export async function gatewayUrl(
  site: URL,
  { host, send }: Pick<Link, 'host' | 'send'>,
  signal: AbortSignal,
): Promise<string> {
  const request = { method: 'GET', path: '/_edge/tenant_info' }
  const { data } = await send(request, { repeats: READ_REPEATS, signal })
  if (!Check(TenantInfo, data)) throw brokenAnswer(host, 'shape', 'without its cloud id')
  // A Jira on this machine is the sandbox, which is its own gateway.
  const gateway = isLoopback(site.hostname) ? site.origin : ATLASSIAN_GATEWAY
  return `${gateway}/ex/jira/${data.cloudId}`
}
