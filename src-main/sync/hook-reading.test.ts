import { expect, test } from 'vitest'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { HISTORY_PROJECTS } from '../../test-support/sync/history.ts'
import { startHooked } from '../../test-support/sync/hooks.ts'
import { openTestSync, PATIENCE } from '../../test-support/sync/sync.ts'
import { expectTruth, truthOf } from '../../test-support/sync/truth.ts'
import type { SyncJira } from './sync.ts'

type Hooked = Awaited<ReturnType<typeof startHooked>>

const TICKET = {
  project: { key: 'TPM' },
  issuetype: { id: '10001' },
  summary: 'Somebody made this',
  priority: { id: '1' },
}
const MINUTE = 60_000

/** Counts what is asked of a Jira by id; it may be away. */
function countedReads() {
  const reads: string[][] = []
  const state = { away: false, delayed: Promise.resolve() }
  const wrap = (jira: SyncJira): SyncJira => ({
    ...jira,
    async byIds(ids, signal) {
      reads.push([...ids])
      await state.delayed
      if (state.away) throw new AppError('jira-unreachable', 'Away.', { retryable: true })
      return jira.byIds(ids, signal)
    },
  })
  return { reads, state, wrap }
}

async function expectAll({ sandbox, scope, truth, unread }: Hooked): Promise<void> {
  await expect.poll(unread, PATIENCE).toBe(0)
  expectTruth(await truth(), await truthOf(sandbox, scope))
}

test('a ticket is there before the index knows it; watermark and what is known stay as they were', async () => {
  const hooked = await startHooked({ indexLag: { kind: 'fixed', ms: 10 * MINUTE } })
  const { sandbox, advance, begin, tell, sync, watermark } = hooked
  await begin()
  const before = { watermarkMs: await watermark(), known: await sync.known() }
  advance(30_000)
  const { id } = await sandbox.add(TICKET)
  await tell(id)
  await expectAll(hooked)
  expect({ watermarkMs: await watermark(), known: await sync.known() }).toEqual(before)
  await expect.poll(() => sync.status().storedTickets, PATIENCE).toBe(1)
  // The next fetch reads it again, to no effect.
  advance(11 * MINUTE)
  expect(await sync.now()).toMatchObject({ inserted: 0, updated: 0 })
})

test('late, doubled and out of order they come to what Jira has', async () => {
  const hooked = await startHooked({ projects: HISTORY_PROJECTS })
  const { sandbox, advance, begin, tell, hookOf, store, siteId, left } = hooked
  const kept = await sandbox.add(TICKET)
  const lowered = await sandbox.add(TICKET)
  const moved = await sandbox.add(TICKET)
  await begin()
  const first = await hookOf(kept.id)
  advance(1_000)
  await sandbox.edit(kept.id, { summary: 'Renamed' })
  const second = await hookOf(kept.id)
  advance(1_000)
  await sandbox.edit(lowered.id, { priority: { id: '4' } })
  await sandbox.move(moved.id, 'OPS')
  const late = { ...first, delivery: 'another name', digest: 'another', lateMs: 3_600_000 }
  expect(await store.takeHooks(siteId, [second, first, second, late])).toBe(3)
  expect(await tell(lowered.id, moved.id, lowered.id)).toBe(2)
  await expectAll(hooked)
  expect(await left()).toMatchObject([{ id: lowered.id, reason: 'lowered' }])
})

test('a ticket that is deleted leaves at once, and one that is said to be stays', async () => {
  const hooked = await startHooked()
  const { sandbox, advance, begin, tell, left } = hooked
  const gone = await sandbox.add(TICKET)
  const there = await sandbox.add(TICKET)
  await begin()
  advance(1_000)
  await sandbox.remove(gone.id)
  await tell(gone.id, there.id)
  await expectAll(hooked)
  expect(await left()).toMatchObject([{ id: gone.id, reason: 'deleted' }])
})

test.each([
  ['the deletion comes first', ['deleted', 'created']],
  ['the deletion comes last', ['created', 'deleted']],
] as const)(
  'a ticket that was deleted before it was ever stored is no ghost, though the index goes on showing it: %s',
  async (_order, told) => {
    const hooked = await startHooked({ indexLag: { kind: 'fixed', ms: MINUTE } })
    const { sandbox, advance, begin, hookOf, store, siteId, sync, stored, left, unread } = hooked
    await begin()
    const { id } = await sandbox.add(TICKET)
    const created = await hookOf(id)
    advance(MINUTE + 1_000) // the index shows it
    await sandbox.remove(id)
    const deleted = await hookOf(id)
    for (const event of told) {
      await store.takeHooks(siteId, [event === 'created' ? created : deleted])
      await expect.poll(unread, PATIENCE).toBe(0)
      expect([await stored(), await left()]).toEqual([[], []])
    }
    await sync.now()
    expect(await stored()).toEqual([])
    expect(await left()).toMatchObject([{ id, reason: 'deleted' }])
    // The index shows it for a while yet.
    expect(await sync.now()).toMatchObject({ fetched: 1, inserted: 0, removed: 0 })
    advance(MINUTE + 1_000)
    await sync.now()
    await expectAll(hooked)
  },
)

test('a ticket that was made and deleted within one second is no ghost, where Jira writes times in whole ones', async () => {
  let afterPage: (() => Promise<void>) | null = null
  const wrap = (jira: SyncJira): SyncJira => ({
    ...jira,
    async search(...asked) {
      const page = await jira.search(...asked)
      await afterPage?.()
      const tickets = page.tickets.map((one) => ({
        ...one,
        updatedMs: one.updatedMs - (one.updatedMs % 1_000),
      }))
      return { ...page, tickets }
    },
  })
  const { sandbox, begin, tell, sync, stored, left, unread } = await startHooked({}, { wrap })
  await begin()
  const { id } = await sandbox.add(TICKET)
  // The page that shows it is on its way when its deletion is told, and read to no effect.
  afterPage = async () => {
    afterPage = null
    await sandbox.remove(id)
    await tell(id)
    await expect.poll(unread, PATIENCE).toBe(0)
  }
  expect(await sync.now()).toMatchObject({ fetched: 1, inserted: 1 })
  expect([await stored(), await left()]).toMatchObject([[], [{ id, reason: 'deleted' }]])
})

test.each(['this process', 'the next one'])(
  'a ghost that Jira could not be asked about is asked about by the next fetch of %s',
  async (whose) => {
    const { state, wrap } = countedReads()
    const hooked = await startHooked({ indexLag: { kind: 'fixed', ms: MINUTE } }, { wrap })
    const { sandbox, jira, advance, begin, tell, store, sync, stored, left, unread } = hooked
    await begin()
    const { id } = await sandbox.add(TICKET)
    advance(MINUTE + 1_000)
    await sandbox.remove(id)
    await tell(id)
    await expect.poll(unread, PATIENCE).toBe(0)
    state.away = true
    await expect(sync.now()).rejects.toMatchObject({ code: 'jira-unreachable' })
    expect(await stored()).toHaveLength(1)
    state.away = false
    if (whose === 'this process') await sync.now()
    else {
      await sync.stop()
      await (await openTestSync(jira, { store, owner: 'the next' })).sync.now()
    }
    expect([await stored(), await left()]).toMatchObject([[], [{ id, reason: 'deleted' }]])
  },
)

test('a deletion of which none told leaves with a census, and is not untold', async () => {
  const hooked = await startHooked()
  const { sandbox, advance, begin, sync, stored, left } = hooked
  const gone = await sandbox.add(TICKET)
  await sandbox.add(TICKET)
  await begin()
  advance(1_000)
  await sandbox.remove(gone.id)
  advance(6 * MINUTE)
  await sync.now()
  expect(await stored()).toHaveLength(2)
  await sync.census()
  advance(6 * MINUTE)
  await sync.census()
  expect(await left()).toMatchObject([{ id: gone.id, reason: 'deleted' }])
  expect((await sync.now(), sync.status().hooks)).toMatchObject({ untold: 0 })
})

test('all that there is may be deleted at once', async () => {
  const hooked = await startHooked()
  const { sandbox, advance, begin, tell, left } = hooked
  const ids: string[] = []
  for (let n = 0; n < 70; n++) ids.push((await sandbox.add(TICKET)).id)
  await begin()
  advance(1_000)
  for (const id of ids) await sandbox.remove(id)
  await tell(...ids)
  await expectAll(hooked)
  expect(await left()).toHaveLength(70)
})

test('of tickets that the account may not see nothing is shown, nor of those that nobody watches', async () => {
  const hooked = await startHooked({ projects: HISTORY_PROJECTS })
  const { sandbox, begin, tell, stored, left, unread } = hooked
  await begin()
  const hidden = await sandbox.add({ ...TICKET, project: { key: 'OPS' } })
  await sandbox.setSettings({ hiddenProjects: ['OPS'] })
  const low = await sandbox.add({ ...TICKET, priority: { id: '4' } })
  await tell(hidden.id, low.id, '4711')
  await expect.poll(unread, PATIENCE).toBe(0)
  expect([await stored(), await left()]).toEqual([[], []])
})

test('an account that was lost removes nothing', async () => {
  const hooked = await startHooked()
  const { sandbox, begin, tell, stored, unread, left } = hooked
  const { id } = await sandbox.add(TICKET)
  await begin()
  await sandbox.setSettings({ token: 'expired' })
  await tell(id)
  await new Promise((resolve) => setTimeout(resolve, 600))
  expect([await unread(), (await stored()).length, await left()]).toEqual([1, 1, []])
})

test('those that come together are read together, at most fifty, and a ticket once', async () => {
  const { reads, wrap } = countedReads()
  const hooked = await startHooked({}, { wrap })
  const { sandbox, begin, hookOf, store, siteId } = hooked
  const ids: string[] = []
  for (let n = 0; n < 120; n++) ids.push((await sandbox.add(TICKET)).id)
  await begin()
  const hooks = await Promise.all(ids.map((id) => hookOf(id)))
  const again = hooks.flatMap((hook) =>
    [1, 2, 3].map((n) => ({ ...hook, delivery: `${hook.delivery} ${n}`, digest: `${hook.digest} ${n}` })),
  )
  reads.length = 0
  await store.takeHooks(siteId, again)
  await expectAll(hooked)
  expect(reads.map((asked) => asked.length)).toEqual([50, 50, 20])
  expect(new Set(reads.flat()).size).toBe(120)
})

test('while Jira is away they wait, and are read when it is back', { timeout: 60_000 }, async () => {
  const { state, reads, wrap } = countedReads()
  const hooked = await startHooked({}, { wrap })
  const { sandbox, begin, tell, unread, stored } = hooked
  await begin()
  state.away = true
  const { id } = await sandbox.add(TICKET)
  await tell(id)
  await expect.poll(() => reads.length, PATIENCE).toBeGreaterThan(0)
  expect([await unread(), (await stored()).length]).toEqual([1, 0])
  state.away = false
  await expectAll(hooked)
})

test('what one was reading when it ended is read by the next', async () => {
  const { state, reads, wrap } = countedReads()
  const hooked = await startHooked({}, { wrap })
  const { sandbox, jira, begin, tell, unread, store, sync } = hooked
  await begin()
  const { id } = await sandbox.add(TICKET)
  const held = Promise.withResolvers<void>()
  state.delayed = held.promise
  await tell(id)
  await expect.poll(() => reads.length, PATIENCE).toBeGreaterThan(0)
  const stopping = sync.stop()
  held.resolve()
  await stopping
  expect(await unread()).toBe(1)
  const next = await openTestSync(jira, { store, owner: 'the next', intervalMs: 3_600_000 })
  next.sync.start()
  await expectAll(hooked)
})

test('who watches one project and who watches all read them both', async () => {
  const hooked = await startHooked()
  const { sandbox, jira, begin, tell, store, siteId } = hooked
  await begin()
  const one = await openTestSync(jira, {
    store,
    siteId,
    projectKey: 'TPM',
    owner: 'another',
    intervalMs: 3_600_000,
  })
  one.sync.start()
  await one.sync.now()
  const { id } = await sandbox.add(TICKET)
  await tell(id)
  await expectAll(hooked)
  const scope = JSON.stringify(['TPM', ['1', '2']])
  await expect.poll(async () => (await store.hookBook(siteId, scope))?.unread, PATIENCE).toBe(0)
})
