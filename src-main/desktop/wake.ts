import { powerMonitor } from 'electron'
import type { App } from '../app/app.ts'

/** A machine that wakes up has missed what came meanwhile: it is fetched at once, in one go. */
export function wakeWithMachine(core: Pick<App, 'wake'>): void {
  powerMonitor.on('resume', () => core.wake())
}
