import { spawn } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'

const KEPT_CHARACTERS = 4_000_000

/**
 * Runs a program to its end: `{ code, stdout, stderr }`. `input` goes to its stdin. It is killed after `timeoutMs`.
 * Rejects where it cannot be started.
 */
export function run(command, args, { cwd, env, input, timeoutMs = 600_000 } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, timeout: timeoutMs })
    const said = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr']) {
      child[name].setEncoding('utf8')
      child[name].on('data', (text) => (said[name] = (said[name] + text).slice(-KEPT_CHARACTERS)))
    }
    child.once('error', (error) => reject(new Error(`${command} could not be started: ${error.message}`)))
    child.once('close', (code, signal) => resolve({ code: code ?? signal, ...said }))
    child.stdin.on('error', () => {}) // it ended without reading: its code says the rest
    child.stdin.end(input ?? '')
  })
}

/** As `run`, but its stdout alone; throws an Error with the last of what it said where its code is not 0. */
export async function must(command, args, options) {
  const { code, stdout, stderr } = await run(command, args, options)
  if (code === 0) return stdout
  const words = `${stdout}\n${stderr}`.trim().split('\n').slice(-25).join('\n')
  throw new Error(`${command} ${args.join(' ').slice(0, 200)} ended with ${code}:\n${words}`)
}

/** Asks again and again until the answer is not null; throws an Error with `what` after `timeoutMs`. */
export async function until(what, timeoutMs, ask) {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const answer = await ask()
    if (answer !== null) return answer
    if (performance.now() > deadline) throw new Error(`After ${timeoutMs / 1_000} s still not so: ${what}`)
    await delay(100)
  }
}

/** A server program that runs until `stop()`, with what it says in `log()`. `line(pattern)` waits for words of it. */
export function start(command, args, options = {}) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options })
  let text = ''
  let failure = null
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8')
    stream.on('data', (more) => (text = (text + more).slice(-KEPT_CHARACTERS)))
  }
  const ended = new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? signal))
    child.once('error', (error) => {
      failure = error
      resolve(error.message)
    })
  })
  const isOver = () => child.exitCode !== null || child.signalCode !== null || failure !== null
  return {
    pid: child.pid,
    log: () => text,
    ended,
    async line(pattern, timeoutMs = 30_000) {
      return until(`${command} says ${pattern}`, timeoutMs, () => {
        const found = pattern.exec(text)
        if (found === null && isOver())
          throw new Error(`${command} ended:\n${text.slice(-2_000)}${failure ?? ''}`)
        return found
      })
    },
    /** Ends it at once, as a power cut does. */
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
    /** SIGTERM, and SIGKILL to one that does not end in time. Resolves to its exit code or signal. */
    async stop(timeoutMs = 15_000) {
      if (isOver()) return ended
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
      const code = await ended
      clearTimeout(late)
      return code
    },
  }
}
