import type { Page } from 'playwright'
import { openBrowser } from './browser.ts'
import { openWindows } from './open-windows.ts'
import { listenToPage } from './page-wire.ts'
import { person } from './person.ts'
import { preloadScript } from './preload-script.ts'
import { originalUrl } from './scheme-urls.ts'
import type { WebContents } from './web-contents.ts'

export interface PageOptions {
  readonly preload: string | undefined
  readonly width: number
  readonly height: number
}

/** Opens a page for a window and joins the two: what happens in the one is heard in the other. */
export async function openPage(contents: WebContents, options: PageOptions): Promise<Page> {
  const context = await openBrowser()
  const page = context.pages().find((known) => isUnused(known)) ?? (await context.newPage())
  await page.setViewportSize({ width: options.width, height: options.height })
  if (options.preload !== undefined) await page.addInitScript({ content: preloadScript(options.preload) })

  const devTools = await context.newCDPSession(page)
  contents.attach(page, devTools)
  await listenToPage(devTools, (message) => void contents.hear(message))
  await devTools.send('Page.enable')
  // The new page itself tells chrome-error: by the time it can be asked, so the address is taken from here.
  devTools.on('Page.windowOpen', ({ url, windowName, windowFeatures }) => {
    const details = { frameName: windowName, features: windowFeatures.join(',') }
    contents.windowOpened({ url: originalUrl(url), ...details })
  })
  page.on('popup', (popup) => void popup.close())
  reportPage(page, contents)
  return page
}

function isUnused(page: Page): boolean {
  return page.url() === 'about:blank' && !openWindows().some((window) => window.page === page)
}

function reportPage(page: Page, contents: WebContents): void {
  page.on('console', (message) => person.log.push(`${message.type()}: ${message.text()}`))
  page.on('pageerror', (error) => person.log.push(`page error: ${error.stack ?? error.message}`))
  page.on('crash', () => contents.crashed(page))
  page.on('framenavigated', (frame) => {
    if (frame === page.mainFrame()) contents.navigated(originalUrl(frame.url()))
  })
  page.on('domcontentloaded', () => contents.emit('dom-ready', {}))
  page.on('load', () => contents.emit('did-finish-load', {}))
}
