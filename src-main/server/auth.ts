import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** Who may call: programs by the bearer token, browsers by the cookie that a one-time code was traded for. */
export interface Auth {
  /** For the `Authorization: Bearer` header. Another one each start. */
  readonly bearerToken: string
  /** The code that the next browser may trade. */
  readonly code: () => string
  /** A new session's id for a right code, which is then spent and followed by a new one; null for a wrong one. */
  trade(code: string): string | null
  /** Whether the `Authorization` header, or where there is none the session cookie, is one of ours. */
  knows(authorization: string | undefined, session: string | undefined): boolean
}

export function createAuth(bearerToken: string = secret()): Auth {
  const sessions = new Set<string>()
  let code = secret()
  return {
    bearerToken,
    code: () => code,
    trade(offered) {
      if (!sameSecret(offered, code)) return null
      code = secret()
      const session = secret()
      sessions.add(session)
      return session
    },
    knows(authorization, session) {
      if (authorization === undefined) return session !== undefined && sessions.has(session)
      return sameSecret(authorization, `Bearer ${bearerToken}`)
    },
  }
}

/** Cookies do not keep ports apart: two servers on one machine would take each other's session without this. */
export function sessionCookieName(port: number): string {
  return `jira_tpm_session_${port}`
}

function secret(): string {
  return randomBytes(32).toString('base64url')
}

/** Compares in a time that says nothing about where two secrets differ. */
function sameSecret(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
