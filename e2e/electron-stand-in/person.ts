import type { CrashReporterStartOptions } from 'electron'
import type { Menu } from './menu.ts'
import type { NativeImage } from './native-image.ts'

/** A dialog that the app showed. */
export interface ShownDialog {
  readonly kind: 'message' | 'error' | 'file'
  readonly message: string
  readonly detail: string
  readonly buttons: readonly string[]
}

/** The person at the desktop: what the app showed and opened, and what the test lets them answer. */
export const person = {
  /** Addresses and paths given to the system to open. */
  opened: [] as string[],
  dialogs: [] as ShownDialog[],
  /** Labels of buttons, for the dialogs to come. */
  answers: [] as string[],
  /** Files, for the dialogs to come that ask for one. */
  files: [] as string[],
  /** What the window's progress bar showed. */
  progress: [] as number[],
  /** What the system encrypts with; `plain` is Linux without a keyring. */
  safeStorage: 'encrypted' as 'encrypted' | 'plain' | 'none',
  aboutPanels: 0,
  /** What is in the system's tray. */
  tray: null as { image: NativeImage; toolTip: string; menu: Menu | null } | null,
  /** The number on the app's icon. */
  badge: 0,
  /** How the app asked for crash dumps; null where it did not. */
  crashReporter: null as CrashReporterStartOptions | null,
  /** What the window wrote to its console, and what the stand-in had to leave out. */
  log: [] as string[],
}
