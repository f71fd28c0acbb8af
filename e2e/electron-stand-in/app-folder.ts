import { readFileSync } from 'node:fs'
import path from 'node:path'

interface AppPackage {
  readonly name: string
  readonly productName?: string
  readonly version: string
  readonly main: string
}

/** The app that is run: the first argument, as `electron .` has it. */
export const appFolder = path.resolve(process.argv[2] ?? '.')

export const appPackage = JSON.parse(readFileSync(path.join(appFolder, 'package.json'), 'utf8')) as AppPackage

export const appName = appPackage.productName ?? appPackage.name
