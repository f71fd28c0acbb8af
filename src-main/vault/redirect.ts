import type { RawAnswer } from '../jira/exchange.ts'
import { brokenAnswer, VaultError } from './vault-error.ts'

/**
 * Where a standby sends us: by 307 to the same path at the active node, whose address is each node's own setting
 * (https://developer.hashicorp.com/vault/docs/concepts/ha#client-redirection). The token goes along, so only to the host
 * that was set, or to one that is named for it (VAULT_REDIRECT_HOSTS), and never from TLS to plain text. Throws where it
 * may not be followed.
 */
export function nextNode({ status, headers }: RawAnswer, from: URL, redirectHosts: readonly string[]): URL {
  const { location } = headers
  const to = location === undefined ? null : URL.parse(location, from.href)
  if (status !== 307 || to === null) throw brokenAnswer(from.host, `with HTTP ${status}`)
  if (to.pathname !== from.pathname) throw brokenAnswer(from.host, 'with a redirect to another page')
  const isWeaker = from.protocol === 'https:' && to.protocol !== 'https:'
  const isKnown = to.hostname === from.hostname || redirectHosts.includes(to.host)
  if (isKnown && !isWeaker && /^https?:$/.test(to.protocol) && to.username === '') return to
  throw new VaultError(
    'untrusted',
    `Vault at ${from.host} sends us on to ${to.protocol}//${to.host}, which nobody has named. Nothing was sent there.`,
    'If that is the active node, name it in VAULT_REDIRECT_HOSTS; or set VAULT_ADDR to an address that leads to the active node.',
  )
}
