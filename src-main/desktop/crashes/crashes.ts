import { app } from 'electron'
import type { OpenLog } from '../../runtime/log.ts'
import { askAfterCrash } from '../message-boxes.ts'
import { startAgain } from '../start-again.ts'

/** Logs whatever dies of the browser's processes; a bug of ours ends the program with a sentence, or starts it again. */
export function reportCrashes(logging: OpenLog): void {
  const { log } = logging
  let ending = false
  const end = (error: unknown): void => {
    log.fatal({ err: error }, 'a bug ended the program')
    if (!ending) void endProgram(logging)
    ending = true
  }
  process.on('uncaughtException', end)
  process.on('unhandledRejection', end)
  app.on('child-process-gone', (_event, details) =>
    log.error({ details }, 'a process of the browser is gone'),
  )
}

async function endProgram(logging: OpenLog): Promise<void> {
  const again = askAfterCrash()
  await logging.close()
  if (again) startAgain()
  app.exit(1)
}
