/**
 * Whether a link may be given to the person's browser: https anywhere, and the Jira that they configured themselves
 * even where that is plain http. Never file:, javascript:, a custom scheme, or an address that carries a password.
 */
export function mayOpenOutside(address: string, jiraOrigin: string | null): boolean {
  const url = URL.parse(address)
  if (url === null || url.username !== '' || url.password !== '') return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && url.origin === jiraOrigin)
}

/** Whether an address is the window's own page (a reload), whatever its fragment. */
export function isOwnPage(address: string, pageUrl: string): boolean {
  return address.split('#', 1)[0] === pageUrl
}
