import { spawn } from 'node:child_process'
import { app } from 'electron'
import { ownAppImage } from './own-app-image.ts'

/**
 * Has the program start once more with the same arguments; the caller ends this one next. What Electron's own way
 * starts is a helper inside the AppImage, whose mount ends with the program, before the helper has done anything
 * (electron-builder's issue 1727): an AppImage is therefore started as a file, and may take the workspace at once.
 */
export function startAgain(): void {
  const appImage = ownAppImage(process)
  if (appImage === null) return app.relaunch()
  app.releaseSingleInstanceLock()
  spawn(appImage, process.argv.slice(1), { detached: true, stdio: 'ignore' }).unref()
}

/** Quits as the menu's Quit does, the core ended first, and starts again. */
export function restart(): void {
  app.once('will-quit', startAgain)
  app.quit()
}
