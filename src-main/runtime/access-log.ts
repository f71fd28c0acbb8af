import { pino } from 'pino'
import type { Dispatch } from '../../src-shared/contract/dispatch.ts'
import { isMethod, methods, type MethodName } from '../../src-shared/contract/methods.ts'
import { allows } from '../../src-shared/contract/schema.ts'
import { hiding, openLogFile } from './log.ts'

/** `call`: of a method whose scope is run or admin. */
export type AccessEvent =
  | 'call'
  | 'session-begun'
  | 'session-ended'
  | 'signed-in'
  | 'signed-out'
  | 'locked-out'
  | 'refused-host'
  | 'refused-origin'
  | 'refused-peer'
  | 'token-made'
  | 'link-made'
  | 'token-revoked'
  | 'key-rotated'

/** Names, ids, times and numbers. Never what was sent or answered, a token or a code. */
export type AccessFields = Readonly<Record<string, string | number | boolean | null>>

/** Who did what. */
export interface AccessLog {
  record(event: AccessEvent, fields: AccessFields): void
}

/**
 * `access.log` next to the workspace's log, JSON lines of all its processes: five files of 5 MB at most, the owner's alone.
 * The file is there from the first line on. Secrets are taken out as in `openLog`.
 */
export function openAccessLog(
  dataDir: string,
  onTrouble: (error: Error) => void,
): AccessLog & { close(): Promise<void> } {
  let file: ReturnType<typeof openLogFile> | null = null
  const log = createAccessLog((line) => {
    file ??= openLogFile(dataDir, 'access.log', onTrouble)
    file.stream.write(line)
  })
  return { ...log, close: async () => file?.close() }
}

/** The same lines to wherever `write` puts them. */
export function createAccessLog(write: (line: string) => void): AccessLog {
  const log = pino(
    { base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime, ...hiding },
    { write },
  )
  return { record: (event, fields) => log.info({ event, ...fields }) }
}

/** Records the calls of a host of its own process, which needs no token: the window, or the command line. */
export function recordCalls(dispatch: Dispatch, accessLog: AccessLog, who: string): Dispatch {
  return async (method, params, options) => {
    const reply = await dispatch(method, params, options)
    if (changes(method)) {
      accessLog.record('call', { method, who, status: reply.ok ? 'ok' : reply.error.code })
    }
    return reply
  }
}

/** Whether a call of this name takes more than looking on. */
export function changes(method: unknown): method is MethodName {
  return isMethod(method) && allows(methods[method].scope, 'run')
}
