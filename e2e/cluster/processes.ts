import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { signalServer } from '../../test-support/store/postgres-processes.ts'

/** Pids of the other processes that were started with this text, the name of a folder of ours, in what they were told. */
export function processesOf(text: string): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid && commandOf(pid).includes(text))
}

/** Ends them and what they have started at once, as a power cut would; resolves when none is left. */
export async function killProcessesOf(text: string): Promise<void> {
  for (let left = processesOf(text); left.length > 0; left = processesOf(text)) {
    for (const pid of left) signalServer(pid, 'SIGKILL')
    await delay(20)
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return '' // gone meanwhile
  }
}
