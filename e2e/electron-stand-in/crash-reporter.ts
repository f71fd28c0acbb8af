import type * as Electron from 'electron'
import { carried } from './carried.ts'
import { person } from './person.ts'

/** Remembers what was asked for; no dumps are written here. */
export const crashReporter = carried('crashReporter', {
  start: (options: Electron.CrashReporterStartOptions) => void (person.crashReporter = options),
} satisfies Pick<Electron.CrashReporter, 'start'>)
