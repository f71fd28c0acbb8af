/** The window's own scheme: its files are served by this process alone. */
export const APP_SCHEME = 'app'

const APP_HOST = 'jira-tpm'

export const APP_ORIGIN = `${APP_SCHEME}://${APP_HOST}`

/**
 * The address of the window's page: our own scheme, or `electron-vite dev`'s server, which names itself in the
 * environment. A packaged program never listens to the environment here.
 */
export function pageUrlOf(packaged: boolean, env: NodeJS.ProcessEnv): string {
  const devServer = packaged ? undefined : env['ELECTRON_RENDERER_URL']
  return new URL('/', devServer ?? APP_ORIGIN).href
}

/** The origin of such an address as Chromium writes it (Node's URL knows none for schemes that are not the web's). */
export function originOf(pageUrl: string): string {
  const { protocol, host } = new URL(pageUrl)
  return `${protocol}//${host}`
}

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
