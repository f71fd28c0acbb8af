import { readFileSync } from 'node:fs'

/** Whether a process of that id runs on this machine. It may be a younger one that got a dead one's id. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it is there, but another account's.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/**
 * Distinguishes a process from another that has its id later: when it began. Null where the system does not say it of others
 * without a program of its own to ask (macOS, Windows).
 */
export function beganAt(pid: number): string | null {
  if (process.platform !== 'linux') return pid === process.pid ? String(performance.timeOrigin) : null
  try {
    // The name, which may have anything in it, ends at the last bracket; the 20th field after it is `starttime`.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(')').at(-1)?.trim().split(' ')
    return fields?.[19] ?? null
  } catch {
    return null // it has ended, or there is no /proc
  }
}
