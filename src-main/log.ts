import { homedir } from 'node:os'
import path from 'node:path'
import { pino, type Logger } from 'pino'
import { createStream } from 'rotating-file-stream'
import { plainJson } from '../src-shared/domain/plain-text.ts'
import { defaultDataDir } from './config/data-dir.ts'
import { hideSecrets } from './secrets/hide-secrets.ts'

export type Log = Logger

export interface OpenLog {
  readonly log: Log
  /** Writes what is still held back, then lets the file go. */
  close(): Promise<void>
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
 * log that cannot be written never stops the work: `onTrouble` hears of the first failure, once.
 */
export function openLog(dataDir: string, onTrouble: (error: Error) => void): OpenLog {
  const stream = createStream('jira-tpm.log', {
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
  const log = pino(
    {
      base: { pid: process.pid },
      redact: { paths: SECRET_FIELDS, censor: '[hidden]' },
      hooks: { streamWrite: (line) => plainJson(hideSecrets(line)) },
    },
    stream,
  )
  return {
    log,
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
