import { afterEach, beforeEach, expect, test } from 'vitest'
import { createBulkDeletes } from './bulk-deletes.ts'
import type { SandboxSite } from '../site.ts'
import { addIssue, keysFor, manualClock, openTestSite } from '../../test-support/site.ts'

const START = Date.UTC(2026, 5, 1, 12)

let site: SandboxSite
let ids: number[]

beforeEach(() => {
  site = openTestSite(manualClock(START))
  for (let n = 0; n < 250; n++) addIssue(site)
  ids = site.issues.all(undefined).map(({ id }) => id)
})
afterEach(() => site.db.close())

test('a bulk delete works in the background, a part at a time', async () => {
  const deletes = createBulkDeletes(site.db, site.issues, site.clock)
  const taskId = String(deletes.submit(ids.slice(1), 3))
  expect(deletes.find(taskId)).toMatchObject({ deleted: 0, invalid: 3, startedMs: null, createdMs: START })
  await expect.poll(() => deletes.find(taskId)?.deleted, { interval: 1 }).toBe(249)
  expect(deletes.find(taskId)?.startedMs).toBe(START)
  expect(keysFor(site, 'project = TPM')).toEqual(['TPM-1'])
  deletes.stop()
})

test('one that was cut off goes on at the next start, where it was', async () => {
  const first = createBulkDeletes(site.db, site.issues, site.clock)
  const taskId = String(first.submit(ids, 0))
  first.stop()
  await new Promise(setImmediate)
  expect(first.find(taskId)?.deleted).toBe(0)

  const second = createBulkDeletes(site.db, site.issues, site.clock)
  second.resume()
  await expect.poll(() => second.find(taskId)?.deleted, { interval: 1 }).toBe(250)
  expect(site.issues.all(undefined)).toEqual([])
  second.stop()
})
