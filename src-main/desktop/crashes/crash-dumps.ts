import { chmodSync, mkdirSync } from 'node:fs'
import path from 'node:path'
import { app, crashReporter } from 'electron'
import type { Log } from '../../runtime/log.ts'
import { pruneDumps } from './prune-dumps.ts'

const MAX_DUMPS = 10

/** The folder of the crash dumps in a workspace. */
export function dumpFolder(dataDir: string): string {
  return path.join(dataDir, 'crashes')
}

/**
 * Has Chromium write a dump when one of its processes dies. Dumps are pieces of memory, so they stay on this machine, in
 * a folder that only its person reads; nothing is sent. To be called before Electron is ready. Where there can be no
 * such folder none are kept, and the program starts all the same.
 */
export function keepCrashDumps(dataDir: string): void {
  const folder = dumpFolder(dataDir)
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    chmodSync(folder, 0o700) // one that was there already
    app.setPath('crashDumps', folder)
    crashReporter.start({ uploadToServer: false })
  } catch (error) {
    console.error(`No crash dumps are kept: ${(error as Error).message}`) // there is no log yet
  }
}

/** Keeps the ten newest dumps. */
export function tidyCrashDumps(dataDir: string, log: Log): void {
  try {
    const left = pruneDumps(dumpFolder(dataDir), MAX_DUMPS)
    if (left > 0) log.info({ folder: dumpFolder(dataDir), left }, 'there are crash dumps')
  } catch (error) {
    log.warn({ err: error }, 'old crash dumps could not be deleted')
  }
}
