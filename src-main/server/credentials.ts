import type { IncomingMessage } from 'node:http'
import { AppError } from '../../src-shared/errors/app-error.ts'

/** What a request shows of itself. */
export type PresentedCredentials =
  | { readonly kind: 'none' }
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'session'; readonly secret: string }

const NONE: PresentedCredentials = { kind: 'none' }

/** RFC 6750, 2.1; the scheme in any case (RFC 9110, 11.1). */
const BEARER = /^Bearer +([\w.~+/-]+=*)$/i

/**
 * The token of the `Authorization` header, or where there is none the session of our cookie. Nothing else is looked at:
 * a token in the address or in a cookie is none. Throws `bad-request` where the header is there twice, as Node would
 * take the first and a proxy before us perhaps the last.
 */
export function credentialsOf(
  { headers, rawHeaders }: IncomingMessage,
  cookieName: string,
): PresentedCredentials {
  const { authorization, cookie } = headers
  if (authorization !== undefined) {
    refuseSecond(rawHeaders)
    const token = BEARER.exec(authorization)?.[1]
    return token === undefined ? NONE : { kind: 'token', token }
  }
  const secret = cookie === undefined ? null : cookieOf(cookie, cookieName)
  return secret === null ? NONE : { kind: 'session', secret }
}

/** None where it is there twice: a cookie that another program planted shall not stand for ours. */
function cookieOf(header: string, name: string): string | null {
  const values = header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
  return values.length === 1 && values[0] !== undefined ? values[0].slice(name.length + 1) : null
}

const AUTHORIZATION = 'authorization'

function refuseSecond(rawHeaders: readonly string[]): void {
  let times = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]
    if (name?.length === AUTHORIZATION.length && name.toLowerCase() === AUTHORIZATION) times++
  }
  if (times > 1) {
    throw new AppError('bad-request', 'The request has two Authorization headers. Nothing was done.', {
      hint: 'Send one.',
    })
  }
}
