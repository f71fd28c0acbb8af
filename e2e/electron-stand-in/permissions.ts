import type * as Electron from 'electron'
import type { BrowserContext } from 'playwright'
import { notCarried } from './carried.ts'

type Check = NonNullable<Parameters<Electron.Session['setPermissionCheckHandler']>[0]>
type Ask = NonNullable<Parameters<Electron.Session['setPermissionRequestHandler']>[0]>
type Permission = Parameters<Check>[1]

/** Those that pages know by themselves, and their names in the DevTools protocol. */
const NAMES = [
  ['geolocation', 'geolocation'],
  ['notifications', 'notifications'],
  ['media', 'camera'],
  ['media', 'microphone'],
  ['clipboard-read', 'clipboard-read'],
  ['clipboard-sanitized-write', 'clipboard-write'],
  ['midi', 'midi'],
  ['screen-wake-lock', 'screen-wake-lock'],
] as const satisfies readonly (readonly [Permission, string])[]

/** The app's rules. Electron without any grants everything, and so does the stand-in. */
export const permissionRules: { check: Check | null; ask: Ask | null } = { check: null, ask: null }

/**
 * Chromium asks no one in headless mode, so the app's rules are asked beforehand, once for each permission. What is set
 * holds as long as its session, which is therefore left open.
 */
export async function applyPermissions(context: BrowserContext): Promise<void> {
  const browser = context.browser() ?? notCarried('permissions without a browser')
  const session = await browser.newBrowserCDPSession()
  for (const [permission, name] of NAMES) {
    const setting = isGranted(permission) ? 'granted' : 'denied'
    await session.send('Browser.setPermission', { permission: { name }, setting })
  }
}

/** Electron asks the one rule when a page looks and the other when it asks: where either says yes, the page may. */
function isGranted(permission: Permission): boolean {
  const { check, ask } = permissionRules
  if (check === null || check(null, permission, '', {} as never)) return true
  if (ask === null) return true
  let granted = false
  ask({} as never, permission, (answer) => (granted = answer), {} as never)
  return granted
}
