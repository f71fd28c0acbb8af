import { createHash, timingSafeEqual } from 'node:crypto'
import type { SandboxSite } from '../site.ts'

/**
 * Who asks: the site's account; a guest, whom Jira does not know but answers as if the site were empty; or nobody,
 * who is told to log in. Real sites treat an expired token in either of the last two ways. A locked-out account has to
 * prove on a page that it is a person.
 */
export type CallerKind = 'account' | 'guest' | 'nobody' | 'locked-out'

/** How credentials come: `bearer` is a Data Center server's personal access token, which here is the API token. */
export type Scheme = 'basic' | 'bearer'

/** Where it was asked: at the site's own address, through the gateway for scoped tokens, or at the sandbox's control. */
type Door = 'site' | 'gateway' | 'control'

interface Credentials {
  readonly authorization: string | undefined
  readonly scheme: Scheme
  readonly door: Door
  /** Stands for a token that has expired just now. */
  readonly loggedOut: boolean
}

export function identify(
  site: SandboxSite,
  { authorization, scheme, door, loggedOut }: Credentials,
): CallerKind {
  if (loggedOut) return 'guest'
  const { email, apiToken } = site.identity
  const { token, scopedToken, anonymous } = site.settings()
  const wanted = scheme === 'basic' ? `${email}:${apiToken}` : apiToken
  const isRight = sameText(givenCredentials(scheme, authorization), wanted)
  if (isRight && (door === 'control' || (token === 'good' && (door === 'gateway' || !scopedToken)))) {
    return 'account'
  }
  if (token === 'locked-out' && authorization !== undefined) return 'locked-out'
  const isTold = door === 'gateway' || (isRight && scopedToken)
  return anonymous === 'empty' && !isTold ? 'guest' : 'nobody'
}

function givenCredentials(scheme: Scheme, authorization = ''): string {
  const [word = '', given = ''] = authorization.split(' ')
  if (word.toLowerCase() !== scheme) return ''
  return scheme === 'basic' ? Buffer.from(given, 'base64').toString('utf8') : given
}

/** Compares in a time that does not tell how much was right. */
function sameText(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
