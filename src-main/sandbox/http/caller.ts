import { createHash, timingSafeEqual } from 'node:crypto'
import type { Site } from '../site.ts'

/**
 * Who asks: the site's account; a guest, whom Jira does not know but answers as if the site were empty; or nobody,
 * who is told to log in. Real sites treat an expired token in either of the last two ways.
 */
export type Caller = 'account' | 'guest' | 'nobody'

/** `loggedOut` stands for a token that has expired just now. */
export function identify(site: Site, authorization: string | undefined, loggedOut: boolean): Caller {
  if (loggedOut) return 'guest'
  const { email, apiToken } = site.identity
  if (sameText(givenCredentials(authorization), `${email}:${apiToken}`)) return 'account'
  return site.settings().anonymous === 'empty' ? 'guest' : 'nobody'
}

function givenCredentials(authorization = ''): string {
  const [scheme, encoded = ''] = authorization.split(' ')
  return scheme === 'Basic' ? Buffer.from(encoded, 'base64').toString('utf8') : ''
}

/** Compares in a time that does not tell how much was right. */
function sameText(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
