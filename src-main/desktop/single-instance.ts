import { app, BrowserWindow } from 'electron'

/**
 * True for the first process in a workspace. A second one gets false and has only to quit: the first has been told by
 * then, and shows its window.
 */
export function claimSingleInstance(): boolean {
  if (!app.requestSingleInstanceLock()) return false
  app.on('second-instance', showWindow)
  return true
}

function showWindow(): void {
  const window = BrowserWindow.getAllWindows()[0]
  if (window === undefined) return
  if (window.isMinimized()) window.restore()
  window.show()
  window.focus()
}
