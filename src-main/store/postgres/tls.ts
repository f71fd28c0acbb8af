import type { ConnectionOptions } from 'node:tls'
import type { PostgresConfig } from '../../config/config.ts'
import { createTrust } from '../../jira/network.ts'

/**
 * How pg makes a connection secret; false: not at all. The name that the certificate is checked against, and that the
 * server hears (SNI), is the host's; pg sets it. Throws `not-configured` where the CA file is none of certificates.
 */
export function tlsOptions({
  tls,
  caFile,
}: Pick<PostgresConfig, 'tls' | 'caFile'>): ConnectionOptions | false {
  if (tls === 'disable') return false
  if (tls === 'require') return { rejectUnauthorized: false }
  const secureContext = createTrust(caFile)
  return tls === 'verify-ca' ? { secureContext, checkServerIdentity: () => undefined } : { secureContext }
}
