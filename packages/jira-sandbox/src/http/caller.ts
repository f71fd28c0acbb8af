import { createHash, timingSafeEqual } from 'node:crypto'
import type { SandboxSite } from '../site.ts'

/**
 * Who asks: the site's account; a guest, whom Jira does not know but answers as if the site were empty; or nobody,
 * who is asked to log in. Real sites treat an expired token in either of the last two ways. A locked-out account has to
 * prove on a page that it is a person.
 */
export type CallerKind = 'account' | 'guest' | 'unknown' | 'locked-out'

/** Where it was asked: at the site's own address, through the gateway for scoped tokens, or at the sandbox's control. */
type Entrance = 'site' | 'gateway' | 'control'

interface Credentials {
  readonly authorization: string | undefined
  /** What the account may log in with: `basic NAME:PASSWORD` or `bearer TOKEN`. */
  readonly logins: readonly string[]
  readonly entrance: Entrance
  /** Stands for a token that has expired just now. */
  readonly loggedOut: boolean
}

export function identify(
  site: SandboxSite,
  { authorization, logins, entrance, loggedOut }: Credentials,
): CallerKind {
  if (loggedOut) return 'guest'
  const { token, scopedToken, anonymous } = site.settings()
  const given = givenLogin(authorization)
  const isRight = logins.filter((login) => sameText(given, login)).length > 0
  if (isRight && (entrance === 'control' || (token === 'good' && (entrance === 'gateway' || !scopedToken)))) {
    return 'account'
  }
  if (token === 'locked-out' && authorization !== undefined) return 'locked-out'
  const isAsked = entrance === 'gateway' || (isRight && scopedToken)
  return anonymous === 'empty' && !isAsked ? 'guest' : 'unknown'
}

function givenLogin(authorization = ''): string {
  const [word = '', given = ''] = authorization.split(' ')
  const scheme = word.toLowerCase()
  return `${scheme} ${scheme === 'basic' ? Buffer.from(given, 'base64').toString('utf8') : given}`
}

/** Compares in a time that does not show how much was right. */
function sameText(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
