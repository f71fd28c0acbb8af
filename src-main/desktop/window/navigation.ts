import { app, shell, type Session, type WebContents } from 'electron'
import type { Log } from '../../runtime/log.ts'
import { isOwnPage, mayOpenOutside } from './addresses.ts'

export interface NavigationRules {
  /** The one page that a window may show. */
  readonly pageUrl: string
  /** Origin of the configured Jira; null for the sandbox, which has no pages. */
  readonly jiraOrigin: () => string | null
  readonly log: Log
}

/** Keeps every window on its page: no other page, frame or web view in it, no new window; links go to the browser. */
export function closeNavigation(rules: NavigationRules): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event) => holdOnPage(event, rules))
    contents.on('will-frame-navigate', (event) => holdOnPage(event, rules))
    contents.on('will-redirect', (event) => holdOnPage(event, rules))
    contents.on('will-attach-webview', (event) => event.preventDefault())
    openLinksOutside(contents, rules)
  })
}

function holdOnPage(event: { readonly url: string; preventDefault(): void }, rules: NavigationRules): void {
  if (isOwnPage(event.url, rules.pageUrl)) return
  event.preventDefault()
  rules.log.warn({ url: event.url }, 'navigation refused')
}

function openLinksOutside(contents: WebContents, { jiraOrigin, log }: NavigationRules): void {
  contents.setWindowOpenHandler(({ url }) => {
    if (mayOpenOutside(url, jiraOrigin())) {
      shell
        .openExternal(url)
        .catch((error: unknown) => log.error({ err: error, url }, 'no browser took the link'))
    } else {
      log.warn({ url }, 'link refused')
    }
    return { action: 'deny' }
  })
}

/** The window needs no camera, place, notification or device: each request and each check is refused. */
export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  session.setPermissionCheckHandler(() => false)
  session.setDevicePermissionHandler(() => false)
}
