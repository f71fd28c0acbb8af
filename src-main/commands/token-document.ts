import type { TokenRecord } from '../tokens/token-file.ts'
import { isoInstant } from './instants.ts'

/** How a token or a link stands: as `token list` shows it in JSON. The token itself is in no list. */
export function tokenDocument(record: TokenRecord): Record<string, unknown> {
  const { id, link, scope, name, createdMs, expiresMs, revokedMs } = record
  return {
    id,
    kind: link === null ? 'token' : 'link',
    scope,
    name,
    state: tokenState(record),
    created: isoInstant(createdMs),
    expires: isoInstant(expiresMs),
    revoked: revokedMs === null ? null : isoInstant(revokedMs),
  }
}

/** Of what has not expired. A link that was opened has a browser's session, which lasts until it expires. */
export function tokenState({ link, revokedMs }: TokenRecord): 'good' | 'revoked' | 'opened' | 'not opened' {
  if (revokedMs !== null) return 'revoked'
  if (link === null) return 'good'
  return link.spentMs === null ? 'not opened' : 'opened'
}
