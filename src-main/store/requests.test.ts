import { expect, test } from 'vitest'
import { storeForEach } from '../../test-support/store/store.ts'
import { SITE } from '../../test-support/store/pages.ts'
import { newSlots, RUN } from '../../test-support/store/runs.ts'

const SLOTS = newSlots(4)

// What people ask of runs: left for the process that works on one, and kept with what brought it to rest.

const opened = storeForEach()

test('a requested state is left for a run that is under way, and taken back when its state is set, unless it is given with that', async () => {
  const { store, again } = opened()
  const other = await again()
  await store.createRun(RUN, SLOTS)
  const requested = async (): Promise<string | null | undefined> =>
    (await store.run(SITE, RUN.runId))?.requested
  await other.setRequestedState(SITE, RUN.runId, 'pause')
  expect(await requested()).toBe('pause')
  await other.setRequestedState(SITE, RUN.runId, 'stop')
  expect(await requested()).toBe('stop')
  await other.setRequestedState(SITE, RUN.runId, 'pause')
  expect(await requested()).toBe('stop')
  expect((await store.runs(SITE, 1))[0]?.requested).toBe('stop')

  await store.setRunState(SITE, RUN.runId, 'stopped', 30)
  expect(await requested()).toBeNull()
  await other.setRequestedState(SITE, RUN.runId, 'pause')
  expect(await requested()).toBeNull()
  await store.setRunState(SITE, RUN.runId, 'paused', 40, 'pause')
  expect(await requested()).toBe('pause')
  await expect(other.setRequestedState(SITE, 'nosuchrun', 'stop')).rejects.toMatchObject({
    code: 'not-found',
  })
})

test('a state is written once by whoever has seen the last write of it, and by nobody who is too late', async () => {
  const { store, again } = opened()
  const other = await again()
  await store.createRun(RUN, SLOTS)
  const writeAs = (revision: string, seen: string | null, at = store): Promise<boolean> =>
    at.setRunState(SITE, RUN.runId, 'paused', 30, null, { reason: `"${revision}"`, revision, seen })
  expect(await writeAs('a', null)).toBe(true)
  // Its answer was lost.
  expect(await writeAs('a', null)).toBe(true)
  expect(await writeAs('b', null, other)).toBe(false)
  expect(await store.run(SITE, RUN.runId)).toMatchObject({
    revision: 'a',
    reason: '"a"',
    state: 'paused',
  })

  const late = { byMs: 500, atMs: RUN.createdAtMs + 8, revision: 'c', seen: 'b' }
  await other.resumeRun(SITE, RUN.runId, { ...late, skipped: { slots: [0], reason: 'missed' } })
  expect(await store.run(SITE, RUN.runId)).toMatchObject({ revision: 'a', endMs: RUN.endMs })
  expect((await store.slots(SITE, RUN.runId))[0]?.state).toBe('planned')
  await other.resumeRun(SITE, RUN.runId, { ...late, seen: 'a' })
  const resumed = { state: 'running', reason: null, revision: 'c', endMs: RUN.endMs + 500 }
  expect(await store.run(SITE, RUN.runId)).toMatchObject(resumed)
  expect(await writeAs('d', 'a')).toBe(false)
  // Of the same moment, by another writer.
  await store.resumeRun(SITE, RUN.runId, { ...late, revision: 'c2', seen: 'c' })
  expect(await store.run(SITE, RUN.runId)).toMatchObject({ revision: 'c2', endMs: RUN.endMs + 1_000 })
  await store.resumeRun(SITE, RUN.runId, { ...late, seen: 'c2' })
  expect(await writeAs('d', 'c')).toBe(true)
  await expect(
    store.setRunState(SITE, 'nosuchrun', 'done', 30, null, { reason: null, revision: 'e', seen: null }),
  ).rejects.toMatchObject({ code: 'not-found' })
})

test('nothing is requested of a resumed run; resumed again, it keeps what was requested since', async () => {
  const { store } = opened()
  await store.createRun(RUN, SLOTS)
  await store.setRequestedState(SITE, RUN.runId, 'pause')
  await store.resumeRun(SITE, RUN.runId, { byMs: 0, atMs: RUN.createdAtMs + 9 })
  expect((await store.run(SITE, RUN.runId))?.requested).toBeNull()
  await store.setRequestedState(SITE, RUN.runId, 'pause')
  await store.resumeRun(SITE, RUN.runId, { byMs: 0, atMs: RUN.createdAtMs + 9 })
  expect((await store.run(SITE, RUN.runId))?.requested).toBe('pause')
})
