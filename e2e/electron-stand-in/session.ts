import type * as Electron from 'electron'
import { carried } from './carried.ts'
import { permissionRules } from './permissions.ts'

type Carried = 'setDevicePermissionHandler' | 'setPermissionCheckHandler' | 'setPermissionRequestHandler'

/** Its rules take effect when Chromium starts, with the first window. */
const defaultSession = carried('session', {
  setPermissionRequestHandler: (handler) => void (permissionRules.ask = handler),
  setPermissionCheckHandler: (handler) => void (permissionRules.check = handler),
  setDevicePermissionHandler: () => {}, // headless Chromium has no devices
} satisfies Pick<Electron.Session, Carried>)

/** What only the net module uses; it keeps nothing. */
const partition = carried('session', {})

export const session = carried('session', {
  defaultSession,
  fromPartition: () => partition as Electron.Session,
} satisfies { defaultSession: object } & Pick<typeof Electron.session, 'fromPartition'>)
