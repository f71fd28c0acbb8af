import { protocol } from 'electron'
import type { Log } from '../../runtime/log.ts'
import { APP_SCHEME } from './addresses.ts'
import { answerFileRequest } from './renderer-files.ts'

/** Makes app:// a secure origin with its own storage. To be called before Electron is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ])
}

/** Serves the window's files from `folder` under app://jira-tpm/. */
export function serveAppScheme(folder: string, log: Log): void {
  protocol.handle(APP_SCHEME, async (request) => {
    const answer = await answerFileRequest(request, folder)
    if (!answer.ok)
      log.warn({ url: request.url, method: request.method, status: answer.status }, 'app:// refused')
    return answer
  })
}
