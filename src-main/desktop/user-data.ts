import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { app } from 'electron'

const SWITCH = '--user-data-dir='

/** The workspace that the command line asks for by Chromium's own switch; undefined where it does not. */
export function askedDataDir(argv: readonly string[]): string | undefined {
  return argv.find((argument) => argument.startsWith(SWITCH))?.slice(SWITCH.length) || undefined
}

/**
 * Lets Electron keep its things in the workspace, so that its single-instance lock is one for each workspace. The
 * browser's own files (caches, local storage) get a folder of their own there. To be called before Electron is ready.
 */
export function settleInWorkspace(dataDir: string): void {
  const sessionData = path.join(dataDir, 'window')
  mkdirSync(sessionData, { recursive: true })
  app.setPath('userData', dataDir)
  app.setPath('sessionData', sessionData)
  app.setAppLogsPath(path.join(dataDir, 'logs'))
}
