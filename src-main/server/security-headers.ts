import { CONTENT_SECURITY_POLICY } from '../runtime/content-security-policy.ts'

const YEAR_S = 365 * 24 * 3_600

/** On every answer, pages and errors alike. `url` is the server's own origin, `https` whether browsers reach it so. */
export function securityHeaders({ url, https }: { url: string; https: boolean }): Record<string, string> {
  return {
    'content-security-policy': policy(url),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    ...(https && { 'strict-transport-security': `max-age=${YEAR_S}` }),
  }
}

/** Safari before 15.4 does not take 'self' to mean the page's own WebSockets (CSP 3, 6.7.2.8). */
function policy(url: string): string {
  return CONTENT_SECURITY_POLICY.replace(
    "connect-src 'self'",
    `connect-src 'self' ${url.replace(/^http/, 'ws')}`,
  )
}
