import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type * as Electron from 'electron'

/** Starts the stand-in once more, as the app asked for by `app.relaunch`; it outlives this process. */
export function startAgain({ execPath, args = process.argv.slice(1) }: Electron.RelaunchOptions): void {
  const [file, before] =
    execPath === undefined
      ? [process.execPath, [...process.execArgv, fileURLToPath(new URL('./run.ts', import.meta.url))]]
      : [execPath, []]
  spawn(file, [...before, ...args], { detached: true, stdio: 'ignore' }).unref()
}
