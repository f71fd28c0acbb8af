import fs from 'node:fs'
import os from 'node:os'

/** Linux counts a process's time in these, whatever its kernel's own clock. */
const TICKS_PER_SECOND = 100

/** By this in its environment a daemon is known, which is nobody's child any more. */
const MARK = 'JIRA_TPM_BENCH'

/** What is started from now on, and told of its environment, is known as started by this process. */
export function markOurs() {
  process.env[MARK] = String(process.pid)
}

/**
 * Begins to watch what else this machine does. The returned function gives how much of a core other processes than this one
 * and those that it started took since, 1 being a whole one; null where the system does not tell (Linux alone does).
 */
export function watchOtherWork(procDir = '/proc', ours = process.pid) {
  const before = takenByOthers(procDir, ours)
  const beganMs = performance.now()
  return () => {
    const after = takenByOthers(procDir, ours)
    if (after === null) return null
    return Math.max(0, after - before) / TICKS_PER_SECOND / ((performance.now() - beganMs) / 1_000)
  }
}

/** In ticks. What an ended process took its parent has. */
function takenByOthers(procDir, ours) {
  if (process.platform !== 'linux') return null
  const all = processes(procDir)
  return [...all].reduce(
    (sum, [pid, { taken }]) => (isOurs(all, pid, { procDir, ours }) ? sum : sum + taken),
    0,
  )
}

/** How many processes ran or waited to run in the last minute. */
export const load = () => os.loadavg()[0].toFixed(1)

/**
 * Each process's parent, and the time that it and its children that ended have taken, in ticks. Of the first process its own
 * alone: its children were others' before, and ours among them.
 */
function processes(procDir) {
  const all = new Map()
  for (const pid of fs.readdirSync(procDir).filter((name) => /^\d+$/.test(name))) {
    const fields = statOf(procDir, pid)
    if (fields === null) continue
    const times = fields.slice(11, pid === '1' ? 13 : 15)
    const taken = times.reduce((sum, ticks) => sum + Number(ticks), 0)
    all.set(Number(pid), { parent: Number(fields[1]), taken })
  }
  return all
}

/** What stands behind the program's name, which may have blanks and brackets; null of a process that just ended. */
function statOf(procDir, pid) {
  try {
    const stat = fs.readFileSync(`${procDir}/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return null
  }
}

/** Whether it was started by that process, or by a daemon that was. */
function isOurs(all, pid, { procDir, ours }) {
  for (let at = pid; at > 1; at = all.get(at)?.parent ?? 0) {
    if (at === ours) return true
    if (all.get(at)?.parent === 1) return isMarked(procDir, at)
  }
  return false
}

function isMarked(procDir, pid) {
  try {
    return fs.readFileSync(`${procDir}/${pid}/environ`, 'utf8').split('\0').includes(`${MARK}=${process.pid}`)
  } catch {
    return false // gone, or another user's
  }
}
