import { expect, test } from 'vitest'
import type { SandboxIndexLag } from '#jira-sandbox'
import type { NewTicket } from '../jira/jira.ts'
import {
  PATIENCE,
  editTicket,
  hurry,
  makeTicket,
  openTestSync,
  startJira,
  watchedTruth,
} from '../../test-support/sync/sync.ts'
import { startSite } from '../../test-support/sync/site.ts'
import { essences } from '../../test-support/sync/truth.ts'

const never = new AbortController().signal
const OWN: NewTicket = {
  projectKey: 'TPM',
  issueTypeId: '10001',
  priorityId: '1',
  title: 'Ours',
  paragraphs: [],
  labels: [],
  properties: [],
}

const THEIRS = {
  project: { key: 'TPM' },
  issuetype: { id: '10001' },
  summary: 'Somebody made this',
  priority: { id: '1' },
}

const lags: SandboxIndexLag[] = [
  { kind: 'fixed', ms: 8 * 60_000 },
  { kind: 'random', minMs: 0, maxMs: 10 * 60_000 },
]
test.each(lags)('nothing is lost to an index that lags: %j', async (indexLag) => {
  const { sandbox, jira } = await startJira({ indexLag })
  const { sync, stored } = await openTestSync(jira)
  // An hour of the site in six seconds: fetches go on while tickets come, change, and come into sight out of order.
  await hurry(sandbox, 60)
  for (let i = 0; i < 25; i++) {
    const id = await makeTicket(sandbox, i % 4 === 0 ? '3' : '2')
    if (i % 5 === 0) await editTicket(sandbox, id, { priority: { id: i % 2 === 0 ? '1' : '4' } })
    await sync.now()
  }
  const truth = await watchedTruth(sandbox)
  await expect
    .poll(async () => {
      await sync.now()
      return essences(await stored())
    }, PATIENCE)
    .toEqual(truth)
})

test('own tickets show at once, whatever the index does', async () => {
  const { sandbox, jira } = await startJira({ indexLag: { kind: 'fixed', ms: 3_600_000 } })
  const { sync, stored, siteTime } = await openTestSync(jira)
  const others = await makeTicket(sandbox, '1')
  const { id } = await jira.create(OWN, never)
  sync.noteCreated(id, siteTime.now())
  await sync.now()
  expect((await stored()).map((ticket) => ticket.id)).toEqual([id])
  expect(others).not.toBe(id)
})

test('while the index has not shown a ticket of ours, others’ from its time are looked for, too', async () => {
  const site = await startSite({ indexLag: { kind: 'fixed', ms: 20 * 60_000 } })
  const { sync, stored } = await openTestSync(site.jira)
  const others = await site.sandbox.add(THEIRS)
  // The watermark moves with each of them, at last by more than the least look-back.
  for (let n = 0; n < 5; n++) {
    const { id } = await site.jira.create(OWN, never)
    sync.noteCreated(id, site.sandbox.clock.now())
    await sync.now()
    expect((await stored()).map((ticket) => ticket.id)).not.toContain(others.id)
    site.advance(5 * 60_000 - 1_000)
  }
  site.advance(5_000)
  await sync.now()
  expect((await stored()).map((ticket) => ticket.id)).toContain(others.id)
})

test('the lag that was measured sets how far each fetch looks back', async () => {
  const MINUTE = 60_000
  const { sandbox, jira, advance } = await startSite({ indexLag: { kind: 'fixed', ms: 12 * MINUTE } })
  const { sync, stored } = await openTestSync(jira)
  const { id } = await jira.create(OWN, never)
  sync.noteCreated(id, sandbox.clock.now())
  await sync.now()
  advance(12 * MINUTE)
  await sync.now()
  expect(sync.status().indexLagMs).toBe(12 * MINUTE)

  await sandbox.setSettings({ indexLag: { kind: 'fixed', ms: 20 * MINUTE } })
  const late = await sandbox.add(THEIRS)
  await sandbox.setSettings({ indexLag: { kind: 'fixed', ms: 1_000 } })
  advance(18 * MINUTE)
  await sandbox.add(THEIRS)
  advance(MINUTE)
  await sync.now()
  expect((await stored()).map((ticket) => ticket.id)).not.toContain(late.id)
  advance(2 * MINUTE)
  await sync.now()
  expect((await stored()).map((ticket) => ticket.id)).toContain(late.id)
})

test('an index that stands still is reported by how long our own ticket waits', async () => {
  const site = await startSite({ indexLag: { kind: 'fixed', ms: 3_600_000 } })
  const { sync } = await openTestSync(site.jira)
  const { id } = await site.jira.create(OWN, never)
  sync.noteCreated(id, site.sandbox.clock.now())
  await sync.now()
  expect(sync.status().indexLagMs).toBeNull()
  site.advance(10 * 60_000)
  await sync.now()
  expect(sync.status().indexLagMs).toBe(10 * 60_000)
})

test('the index lag is measured by own tickets and reported in the status', async () => {
  const site = await startSite({ indexLag: { kind: 'fixed', ms: 120_000 } })
  const { sync } = await openTestSync(site.jira)
  const { id } = await site.jira.create(OWN, never)
  sync.noteCreated(id, site.sandbox.clock.now())
  for (const stepMs of [0, 115_000, 5_000]) {
    site.advance(stepMs)
    await sync.now()
  }
  expect(sync.status().indexLagMs).toBe(120_000)
  site.advance(30 * 60_000)
  await sync.now()
  expect(sync.status().indexLagMs).toBe(120_000)
})
