import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/**
 * Sends a signal to a server and all that it has started. Each backend is a session of its own, so no process group
 * names them all. The postmaster is stopped first and goes on last: it starts none meanwhile.
 */
export function signalServer(postmaster: number, signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
  if (signal !== 'SIGCONT') send(postmaster, 'SIGSTOP')
  for (const pid of childrenOf(postmaster)) send(pid, signal)
  send(postmaster, signal)
}

/** Pids of the processes that a process has started and that have not ended. */
export function childrenOf(parent: number): number[] {
  return processes()
    .filter(({ ppid }) => ppid === parent)
    .map(({ pid }) => pid)
}

/** Whether any of the processes has not ended yet. */
export function anyRuns(pids: readonly number[]): boolean {
  return processes().some(({ pid }) => pids.includes(pid))
}

interface Process {
  readonly pid: number
  readonly ppid: number
}

/** Those that run; not those that have ended and whose parent has not asked yet. */
function processes(): Process[] {
  const lines = process.platform === 'linux' ? linesOfProc() : linesOfPs()
  return lines.flatMap((line) => {
    const [pid, state, ppid] = line.trim().split(/\s+/)
    return state === undefined || state.startsWith('Z') ? [] : [{ pid: Number(pid), ppid: Number(ppid) }]
  })
}

/** `ps` is not in every container. */
function linesOfProc(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        // "pid (name) state ppid …"; a name may have anything in it.
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
        return `${pid} ${stat.slice(stat.lastIndexOf(')') + 2)}`
      } catch {
        return '' // gone meanwhile
      }
    })
}

function linesOfPs(): string[] {
  return execFileSync('ps', ['-A', '-o', 'pid=,state=,ppid='], { encoding: 'utf8' }).split('\n')
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error // gone meanwhile
  }
}
