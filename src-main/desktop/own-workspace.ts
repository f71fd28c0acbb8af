import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { app, BrowserWindow } from 'electron'
import { logFolder } from '../runtime/log.ts'

/**
 * Lets Electron keep its things in the workspace, so that its single-instance lock is one for each workspace. The
 * browser's own files (caches, local storage) get a folder of their own there. To be called before Electron is ready.
 */
export function settleInWorkspace(dataDir: string): void {
  const sessionData = path.join(dataDir, 'window')
  mkdirSync(sessionData, { recursive: true })
  app.setPath('userData', dataDir)
  app.setPath('sessionData', sessionData)
  app.setAppLogsPath(logFolder(dataDir))
}

/**
 * True for the first process in a workspace. A second one gets false and has only to quit: the first has been notified by
 * then, and shows its window.
 */
export function claimSingleInstance(): boolean {
  if (!app.requestSingleInstanceLock()) return false
  app.on('second-instance', showWindow)
  return true
}

/** Brings the window up, wherever it was. */
export function showWindow(): void {
  const window = BrowserWindow.getAllWindows()[0]
  if (window === undefined) return
  if (window.isMinimized()) window.restore()
  window.show()
  window.focus()
}
