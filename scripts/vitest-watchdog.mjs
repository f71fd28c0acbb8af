// Ends a test file that holds the event loop, and names it: no time limit of a test is noticed while it does.
import fs from 'node:fs'
import { url as inspectorUrl } from 'node:inspector'
import { isMainThread, Worker, workerData } from 'node:worker_threads'

/** As long as a test may take at all: `vitest.config.ts`. */
const PATIENCE_S = Number(process.env['JIRA_TPM_WATCHDOG_S'] ?? (process.env['JIRA_TPM_LONG'] ? 900 : 60))
const MAX_NAME_BYTES = 1_000

/**
 * Watches this process, once: a thread counts the seconds in which the event loop did not turn. The file that is named
 * is the last one that `watch` was called for. A process whose debugger is open is not watched.
 */
export function watch(file) {
  if (inspectorUrl() !== undefined) return
  const shared = (globalThis.watchdog ??= start())
  shared.name.fill(0)
  new TextEncoder().encodeInto(file, shared.name)
}

function start() {
  const beats = new Int32Array(new SharedArrayBuffer(4))
  const name = new Uint8Array(new SharedArrayBuffer(MAX_NAME_BYTES))
  setInterval(() => Atomics.add(beats, 0, 1), 500).unref()
  new Worker(new URL(import.meta.url), { workerData: { beats, name, pid: process.pid } }).unref()
  return { name }
}

function guard({ beats, name, pid }) {
  const never = new Int32Array(new SharedArrayBuffer(4))
  for (let [seen, missed] = [0, 0]; missed < PATIENCE_S;) {
    // A machine that slept meanwhile has missed one second by this count.
    Atomics.wait(never, 0, 0, 1_000)
    const now = Atomics.load(beats, 0)
    missed = now === seen ? missed + 1 : 0
    seen = now
  }
  const file = Buffer.from(name).toString('utf8').replaceAll('\0', '')
  fs.writeSync(2, `\n${file} has held the event loop for ${PATIENCE_S} seconds. Its process is ended.\n`)
  process.kill(pid, 'SIGKILL')
}

if (!isMainThread && workerData?.beats !== undefined) guard(workerData)
