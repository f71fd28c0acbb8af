import type { Log } from '../runtime/log.ts'

/**
 * Resolves when `stop` is done or after `patienceMs`, whichever is first, and never rejects: a program that is told to
 * quit quits. What did not end well is in the log.
 */
export async function stopInTime(stop: () => Promise<void>, patienceMs: number, log: Log): Promise<void> {
  const late = Promise.withResolvers<void>()
  const timer = setTimeout(() => {
    log.error(`the core did not end within ${patienceMs} ms; quitting without it`)
    late.resolve()
  }, patienceMs)
  await Promise.race([stopAndLog(stop, log), late.promise])
  clearTimeout(timer)
}

async function stopAndLog(stop: () => Promise<void>, log: Log): Promise<void> {
  try {
    await stop()
  } catch (error) {
    log.error({ err: error }, 'the core did not end cleanly')
  }
}
