import { app } from './app.ts'
import { autoUpdater } from './auto-updater.ts'
import { BrowserWindow } from './browser-window.ts'
import { crashReporter } from './crash-reporter.ts'
import { dialog } from './dialog.ts'
import { ipcMain } from './ipc-main.ts'
import { Menu, MenuItem } from './menu.ts'
import { nativeImage } from './native-image.ts'
import { nativeTheme } from './native-theme.ts'
import { net } from './net.ts'
import { powerMonitor } from './power-monitor.ts'
import { protocol } from './protocol.ts'
import { safeStorage } from './safe-storage.ts'
import { screen } from './screen.ts'
import { session } from './session.ts'
import { shell } from './shell.ts'
import { Tray } from './tray.ts'
import { utilityProcess } from './utility-process.ts'

/**
 * The main process's `electron` module on Node and Chromium. What is not here does not exist when an app is linked
 * with it, and what a member lacks throws by name: see `carried.ts`.
 */
export {
  app,
  autoUpdater,
  BrowserWindow,
  crashReporter,
  dialog,
  ipcMain,
  Menu,
  MenuItem,
  nativeImage,
  nativeTheme,
  net,
  powerMonitor,
  protocol,
  safeStorage,
  screen,
  session,
  shell,
  Tray,
  utilityProcess,
}
