import { app, type WebContents } from 'electron'
import type { OpenLog } from '../log.ts'
import { confirm, showCrash } from './message-boxes.ts'

/** Logs whatever dies: a bug of ours ends the program with a sentence, a dead window can be had back. */
export function reportCrashes(logging: OpenLog): void {
  const { log } = logging
  process.on('uncaughtException', (error) => void endWith(error, logging))
  process.on('unhandledRejection', (error) => void endWith(error, logging))
  app.on('child-process-gone', (_event, details) =>
    log.error({ details }, 'a process of the browser is gone'),
  )
  app.on('render-process-gone', (_event, contents, details) => {
    if (details.reason === 'clean-exit') return
    log.error({ details }, 'the window is gone')
    void offerReload(contents)
  })
}

async function endWith(error: unknown, logging: OpenLog): Promise<void> {
  logging.log.fatal({ err: error }, 'a bug ended the program')
  showCrash()
  await logging.close()
  app.exit(1)
}

async function offerReload(contents: WebContents): Promise<void> {
  const wanted = await confirm(
    'Reload',
    'The window stopped working.',
    'Tickets are fetched and stored as before. Reload shows them again.',
  )
  if (wanted && !contents.isDestroyed()) contents.reload()
}
