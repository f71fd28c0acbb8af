import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Environment } from './environment.ts'

/** Electron names its userData folder after this, so desktop, server and command line meet in one folder. */
const PRODUCT_NAME = 'Jira TPM'

/** The workspace's folder where no one chose another: Electron's `userData` of this program on each platform. */
export function defaultDataDir(
  env: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  if (env['JIRA_TPM_DATA_DIR']) return path.resolve(env['JIRA_TPM_DATA_DIR'])
  if (platform === 'win32') {
    return path.win32.join(env['APPDATA'] || path.win32.join(home, 'AppData', 'Roaming'), PRODUCT_NAME)
  }
  if (platform === 'darwin') return path.posix.join(home, 'Library', 'Application Support', PRODUCT_NAME)
  return path.posix.join(env['XDG_CONFIG_HOME'] || path.posix.join(home, '.config'), PRODUCT_NAME)
}

/**
 * Makes the folder where it is missing and writes a file into it to see that it can be written: a permission bit says
 * less than a write. Throws `folder-not-writable`.
 */
export function prepareDataDir(folder: string): void {
  const probe = path.join(folder, `.write-probe-${process.pid}`)
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    writeFileSync(probe, 'x')
    rmSync(probe)
  } catch (cause) {
    throw notWritable(folder, cause)
  }
}

/** What is thrown where a file of the data folder could not be written at start. */
export function notWritable(folder: string, cause: unknown): AppError {
  return new AppError(
    'folder-not-writable',
    `The data folder ${folder} cannot be written: ${writeFailure(cause)}. Nothing was started.`,
    { hint: 'Make it writable, or choose another with --data-dir DIR or JIRA_TPM_DATA_DIR.', cause },
  )
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'this account has no permission',
  EPERM: 'this account has no permission',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a file of that name is in the way',
  EEXIST: 'a file of that name is in the way',
}

/** Why a file could not be written: completes "cannot be written: …". */
export function writeFailure(cause: unknown): string {
  const code = (cause as NodeJS.ErrnoException).code ?? ''
  return REASONS[code] ?? `the system says ${code || String(cause)}`
}
