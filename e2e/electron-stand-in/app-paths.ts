import { existsSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { appName } from './app-folder.ts'
import { notCarried } from './carried.ts'

const set = new Map<string, string>()

/** The folder that Electron knows under `name`: as it was set, else Linux's default. */
export function appPath(name: string): string {
  return set.get(name) ?? defaultPath(name)
}

/** Throws where the folder does not exist, as Electron does. */
export function setAppPath(name: string, folder: string): void {
  if (!path.isAbsolute(folder)) throw new Error(`Path must be absolute: ${folder}`)
  if (!existsSync(folder)) throw new Error(`Failed to set path: ${folder} does not exist`)
  set.set(name, folder)
}

function defaultPath(name: string): string {
  const config = process.env['XDG_CONFIG_HOME'] ?? path.join(os.homedir(), '.config')
  switch (name) {
    case 'home':
      return os.homedir()
    case 'temp':
      return os.tmpdir()
    case 'appData':
      return config
    case 'userData':
      return path.join(config, appName)
    case 'sessionData':
      return appPath('userData')
    case 'crashDumps':
      return path.join(appPath('userData'), 'Crashpad')
    case 'logs':
      return path.join(appPath('userData'), 'logs')
    default:
      return notCarried(`app.getPath('${name}')`)
  }
}
