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
