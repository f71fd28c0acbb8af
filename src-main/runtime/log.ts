import { homedir } from 'node:os'
import path from 'node:path'
import { pino, type Logger } from 'pino'
import { createStream, type RotatingFileStream } from 'rotating-file-stream'
import { plainJson } from '../../src-shared/domain/text/plain-text.ts'
import { defaultDataDir } from '../config/data-dir.ts'
import { hideSecrets } from '../secrets/hide-secrets.ts'

export type Log = Logger

export interface OpenLog {
  readonly log: Log
  /** Writes what is still held back, then lets the file go. */
  readonly close: () => Promise<void>
}

const MAX_FILES = 5
const FILE_SIZE = '5M'

/**
 * The folder of the logs of a workspace: what "Open log folder" opens. It is in the workspace, which is where Electron
 * has it on Linux and Windows. macOS keeps logs apart, so those of the usual workspace are in `~/Library/Logs` there.
 */
export function logFolder(
  dataDir: string,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  const isUsual = platform === 'darwin' && dataDir === defaultDataDir({}, platform, home)
  return isUsual ? path.join(home, 'Library', 'Logs', path.basename(dataDir)) : path.join(dataDir, 'logs')
}

/**
 * The workspace's log, `jira-tpm.log`: JSON lines, five files of 5 MB at most. Secrets are taken out by the name
 * of their field and, in whatever text they come, by their form; what a terminal would obey is written by its number. A
 * log that cannot be written never stops the work: `onTrouble` is called once, with the first failure.
 */
export function openLog(dataDir: string, onTrouble: (error: Error) => void): OpenLog {
  const { stream, close } = openLogFile(dataDir, 'jira-tpm.log', onTrouble)
  const redact = { paths: SECRET_FIELDS, censor: '[hidden]' }
  return { log: pino({ base: { pid: process.pid }, redact, ...hiding }, stream), close }
}

/** For pino: takes secrets out of a line by their form, and what a terminal would obey. */
export const hiding = { hooks: { streamWrite: (line: string) => plainJson(hideSecrets(line)) } }

/** A file of the log folder that is rotated, as `openLog` says. */
export function openLogFile(
  dataDir: string,
  name: string,
  onTrouble: (error: Error) => void,
): { readonly stream: RotatingFileStream } & Pick<OpenLog, 'close'> {
  const stream = createStream(name, {
    path: logFolder(dataDir),
    size: FILE_SIZE,
    maxFiles: MAX_FILES,
    mode: 0o600,
  })
  let troubled = false
  const trouble = (error: Error): void => {
    if (!troubled) onTrouble(error)
    troubled = true
  }
  stream.on('error', trouble)
  stream.on('warning', trouble)
  return {
    stream,
    close: () =>
      new Promise((resolve) => {
        if (stream.destroyed) return resolve()
        stream.once('close', resolve)
        stream.end()
      }),
  }
}

const SECRET_NAMES = ['authorization', 'Authorization', 'cookie', 'apiToken', 'token', 'password']
const SECRET_FIELDS = SECRET_NAMES.flatMap((name) => [name, `*.${name}`, `*.*.${name}`])
