import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { type AppError, nothingStarted } from '../../src-shared/errors/app-error.ts'
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
    makeFolder(folder)
    writeFileSync(probe, 'x')
    rmSync(probe)
  } catch (cause) {
    throw notWritable(folder, cause)
  }
}

/** One by one: where a file system has no folders to make (/proc), Node's own recursion tries for ever. */
function makeFolder(folder: string): void {
  if (isFolder(folder)) return
  const parent = path.dirname(folder)
  if (parent !== folder) makeFolder(parent)
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    if (!isFolder(folder)) throw error
  }
}

function isFolder(folder: string): boolean {
  try {
    return statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true
  } catch {
    return false // a file stands among its parents
  }
}

/** What is thrown where a file of the data folder could not be written at start. */
export function notWritable(folder: string, cause: unknown): AppError {
  return nothingStarted(
    'folder-not-writable',
    `The data folder ${folder} cannot be written: ${writeFailure(cause)}.`,
    'Make it writable, or choose another with --data-dir DIR or JIRA_TPM_DATA_DIR.',
    cause,
  )
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'this account has no permission',
  EPERM: 'this account has no permission',
  EROFS: 'the file system is read-only',
  ENOENT: 'nothing can be made there',
  ENOSPC: 'the disk is full',
  EMFILE: 'this process has as many files open as it may',
  ENOTDIR: 'a file of that name is in the way',
  EEXIST: 'a file of that name is in the way',
}

/** Why a file could not be written: completes "cannot be written: …". */
export function writeFailure(cause: unknown): string {
  const code = (cause as NodeJS.ErrnoException).code ?? ''
  return REASONS[code] ?? `the system says ${code || String(cause)}`
}
