import type { Session } from 'electron'

/** The window needs no camera, place, notification or device: whoever asks is refused, and so is whoever only looks. */
export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  session.setPermissionCheckHandler(() => false)
  session.setDevicePermissionHandler(() => false)
}
