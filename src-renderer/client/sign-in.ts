import { SCOPES, type Scope } from '../../src-shared/contract/scopes.ts'

/** The one-time code in a link's fragment (`#code=…`), or null. A fragment never reaches a server or its log. */
export function codeInFragment(fragment: string): string | null {
  return new URLSearchParams(fragment.replace(/^#/, '')).get('code')
}

/** Takes the code out of the address bar, so that it stays neither there nor in the history. */
export function takeCode(page: Pick<Window, 'location' | 'history'>): string | null {
  const code = codeInFragment(page.location.hash)
  if (code !== null) page.history.replaceState(null, '', page.location.pathname + page.location.search)
  return code
}

/**
 * Trades a one-time code for the session cookie. A code that was used or has expired is no error: the cookie that it
 * once gave may still be good, and the next call tells.
 */
export async function tradeCode(origin: string, code: string): Promise<void> {
  await fetch(`${origin}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code }),
  })
}

/** What this browser may do; null where the server does not say. */
export async function askScope(origin: string): Promise<Scope | null> {
  const response = await fetch(`${origin}/api/session`)
  const said: unknown = response.ok ? await response.json() : null
  return SCOPES.find((scope) => scope === scopeIn(said)) ?? null
}

function scopeIn(said: unknown): unknown {
  const { result } = Object(said) as { result?: unknown }
  return (Object(result) as { scope?: unknown }).scope
}

/** Ends the session of this browser. */
export async function endSession(origin: string): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  await fetch(`${origin}/api/session/end`, { method: 'POST', headers, body: '{}' })
}
