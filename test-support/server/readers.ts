import { fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { machineClock } from '../../src-main/runtime/clock.ts'
import { openSqliteStore } from '../../src-main/store/sqlite/store.ts'
import { RUN } from '../store/runs.ts'
import { runningInstances } from '../../src-main/workspace/instance.ts'

const HEALTH = fileURLToPath(new URL('./run-health.ts', import.meta.url))

/** A run as its process left it, written into a served workspace by another one. */
export async function writeLargeRun(dataDir: string, slots: number, minutes: number): Promise<string> {
  const siteId = runningInstances(dataDir).find(({ sandbox }) => sandbox !== null)?.sandbox?.siteId
  if (siteId === undefined) throw new Error('No sandbox runs in that workspace')
  const store = await openSqliteStore({ file: path.join(dataDir, 'tpm.sqlite'), clock: machineClock })
  const endMs = RUN.startMs + minutes * 60_000
  const spacingMs = (endMs - RUN.startMs) / slots
  const planned = Array.from({ length: slots }, (_, slot) => ({
    slot,
    plannedMs: RUN.startMs + Math.floor(slot * spacingMs),
    priorityId: '2',
    projectKey: 'TPM',
    issueTypeId: '10001',
  }))
  await store.createRun({ ...RUN, siteId, planned: slots, endMs, state: 'done' }, planned)
  await store.close()
  return RUN.runId
}

/**
 * One reader asks for a run's minutes so many times, all at once, and again where it is refused for the moment. Gives the
 * answers by status, those refusals included, and how long each look at /health took meanwhile (ms).
 */
export async function readMinutes(
  { url, token, runId }: { url: string; token: string; runId: string },
  calls: number,
) {
  const answers = new Map<number, number>()
  const ask = async (): Promise<void> => {
    for (;;) {
      const response = await fetch(`${url}/api/runs.minutes`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ runId }),
      })
      await response.arrayBuffer()
      answers.set(response.status, (answers.get(response.status) ?? 0) + 1)
      if (response.status !== 429) return
      await sleep(500 + 1_000 * Math.random())
    }
  }
  // From a process of its own: this one has its hands full.
  const health = fork(HEALTH, [url], { execArgv: ['--disable-warning=ExperimentalWarning'] })
  await once(health, 'message')
  const beganMs = performance.now()
  await Promise.all(Array.from({ length: calls }, ask))
  const tookMs = performance.now() - beganMs
  health.send('tell')
  const [healthMs] = (await once(health, 'message')) as [number[]]
  health.disconnect()
  return { tookMs, answers, healthMs }
}
