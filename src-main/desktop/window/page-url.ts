import { APP_ORIGIN } from './origin.ts'

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
