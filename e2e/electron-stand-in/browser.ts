import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { chromium, type BrowserContext, type Page, type Request, type Route } from 'playwright'
import { findChromium } from '../fixtures/chromium.ts'
import { appPath } from './app-paths.ts'
import { windowOfPage } from './open-windows.ts'
import { applyPermissions } from './permissions.ts'
import { answerRoute } from './protocol.ts'
import { originalUrl, TRAVELLING } from './scheme-urls.ts'

let opened: Promise<BrowserContext> | undefined

/** The Chromium of this app, with its profile in the app's session folder; started by the first who asks. */
export function openBrowser(): Promise<BrowserContext> {
  opened ??= launch()
  return opened
}

export async function closeBrowser(): Promise<void> {
  const context = await opened
  await context?.close()
}

/** Where a test can join the same Chromium. */
export async function devToolsAddress(): Promise<string> {
  await openBrowser()
  const [port] = (await readFile(path.join(profileFolder(), 'DevToolsActivePort'), 'utf8')).split('\n')
  return `http://127.0.0.1:${port}`
}

function profileFolder(): string {
  return path.join(appPath('sessionData'), 'stand-in-chromium')
}

async function launch(): Promise<BrowserContext> {
  const context = await chromium.launchPersistentContext(profileFolder(), {
    executablePath: await findChromium(),
    headless: true,
    viewport: null,
    colorScheme: null,
    // A signal is for the app, which ends Chromium when it has ended itself.
    handleSIGHUP: false,
    handleSIGINT: false,
    handleSIGTERM: false,
    args: ['--disable-gpu', '--remote-debugging-port=0'],
  })
  await applyPermissions(context)
  await context.route('**/*', answerOrRefuse)
  return context
}

/** Every request of every page: the app's rules on navigation first, then its own scheme. */
async function answerOrRefuse(route: Route): Promise<void> {
  const request = route.request()
  const page = pageOf(request)
  const window = windowOfPage(page)
  // A page that is no window is one that window.open made: Electron would not have made it, so nothing leaves it.
  if (page === undefined || window === undefined) return await route.abort('blockedbyclient')
  if (request.isNavigationRequest()) {
    const isMainFrame = request.frame() === page.mainFrame()
    if (!window.permitsNavigation(originalUrl(request.url()), isMainFrame))
      return await route.abort('aborted')
  }
  await (TRAVELLING.test(request.url()) ? answerRoute(route) : route.continue())
}

function pageOf(request: Request): Page | undefined {
  try {
    return request.frame().page()
  } catch {
    return undefined // Playwright has no frame yet for what a new page asks first
  }
}
