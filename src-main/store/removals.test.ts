import { describe, expect, test } from 'vitest'
import { startOfMinute } from '../../src-shared/domain/minute.ts'
import type { LeaveReason } from '../../src-shared/domain/ticket.ts'
import type { Removal } from './store.ts'
import { storeForEach } from '../../test-support/store/store.ts'
import { LEFT_MS, MINUTE, noNews, page, SITE, ticket, WATCHED } from '../../test-support/store/pages.ts'

function removal(id: string, reason: LeaveReason, given: Partial<Removal> = {}): Removal {
  return { id, reason, atMs: LEFT_MS, ...given }
}

/** An instant of the tests' hour, epoch ms. */
function created(seconds: number): number {
  return startOfMinute(MINUTE) + seconds * 1_000
}

// Tickets that were watched and no longer are: how they leave, are listed, and come back.

const opened = storeForEach()
const total = (): Promise<number> => opened().store.ticketTotal(SITE, WATCHED)
const ever = { siteId: SITE, projectKey: null, fromMs: 0, toMs: LEFT_MS, limit: 10 }

test('a removal is kept with the reason and no longer counted', async () => {
  const { store, rows } = opened()
  await store.applyPage(page([ticket('1'), ticket('2')]))
  await store.applyPage(page([], { removals: [{ id: '1', reason: 'lowered', atMs: LEFT_MS }] }))
  expect(await total()).toBe(1)
  expect(await store.countedTickets(SITE, ['1', '2'])).toEqual([ticket('2')])
  expect(await rows(`SELECT id, left_ms, left_reason FROM tickets WHERE left_ms IS NOT NULL`)).toEqual([
    { id: '1', left_ms: LEFT_MS, left_reason: 'lowered' },
  ])
})

test('leaving twice, or without having been there, changes nothing', async () => {
  const { store } = opened()
  const removals = ['1', 'unknown'].map((id) => ({ id, reason: 'deleted' as const, atMs: LEFT_MS }))
  await store.applyPage(page([ticket('1')]))
  await store.applyPage(page([], { removals }))
  expect(await store.applyPage(page([], { removals }))).toEqual(noNews(2))
  expect(await total()).toBe(0)
})

test('a removal from before it was raised again, shown late, does not take it away', async () => {
  const { store } = opened()
  await store.applyPage(page([ticket('1', { updatedMs: LEFT_MS })]))
  await store.applyPage(page([], { removals: [{ id: '1', reason: 'lowered', atMs: LEFT_MS - 1 }] }))
  expect(await total()).toBe(1)
})

describe('that were lowered or moved', () => {
  const raised = ticket('1', { updatedMs: LEFT_MS + 1 })

  test('are kept as they are now', async () => {
    const { store } = opened()
    await store.applyPage(page([ticket('1'), ticket('2')]))
    const lowered = ticket('1', { priorityId: '3', priorityName: 'Medium', updatedMs: LEFT_MS })
    const moved = ticket('2', { key: 'OPS-7', projectKey: 'OPS', updatedMs: LEFT_MS })
    await store.applyPage(
      page([], {
        removals: [removal('1', 'lowered', { ticket: lowered }), removal('2', 'moved', { ticket: moved })],
      }),
    )
    expect(await store.removedTickets(ever)).toEqual([
      { ...moved, leftMs: LEFT_MS, reason: 'moved' },
      { ...lowered, leftMs: LEFT_MS, reason: 'lowered' },
    ])
    expect(await store.ticketTotal(SITE, { projectKey: null, priorityIds: ['1', '2', '3'] })).toBe(0)
  })

  test('are listed with the project that they left, by creation, the last to leave first', async () => {
    const { store } = opened()
    const tickets = [10, 20, 30, 40].map((s, i) => ticket(String(i), { createdMs: created(s) }))
    await store.applyPage(page([...tickets, ticket('9', { projectKey: 'WEB' })]))
    const moved = ticket('1', { createdMs: created(20), projectKey: 'OPS', updatedMs: LEFT_MS + 5 })
    await store.applyPage(
      page([], {
        removals: [
          removal('0', 'lowered', { atMs: LEFT_MS + 1 }),
          removal('1', 'moved', { atMs: LEFT_MS + 5, ticket: moved }),
          removal('2', 'deleted', { atMs: LEFT_MS + 3 }),
          removal('9', 'hidden'),
        ],
      }),
    )
    const ids = async (given: object): Promise<string[]> =>
      (await store.removedTickets({ ...ever, ...given })).map((found) => found.id)
    expect(await ids({})).toEqual(['1', '2', '0', '9'])
    expect(await ids({ limit: 2 })).toEqual(['1', '2'])
    expect(await ids({ projectKey: 'TPM' })).toEqual(['1', '2', '0'])
    expect(await ids({ projectKey: 'OPS' })).toEqual([])
    expect(await ids({ fromMs: created(10), toMs: created(30) })).toEqual(['1', '0'])
  })

  test.each(['lowered', 'moved'] as const)('come back with a newer version: %s', async (reason) => {
    const { store, rows } = opened()
    await store.applyPage(page([ticket('1')]))
    await store.applyPage(page([], { removals: [removal('1', reason)] }))
    const back = { seq: 3, inserted: 0, updated: 1, left: 0, removed: 0, doubtful: [], changed: ['1'] }
    expect(await store.applyPage(page([raised]))).toEqual(back)
    expect(await total()).toBe(1)
    expect(await rows('SELECT left_ms, left_reason, left_project_key FROM tickets')).toEqual([
      { left_ms: null, left_reason: null, left_project_key: null },
    ])
  })

  test.each(['lowered', 'moved'] as const)(
    'do not come back with a version from before, shown late, not even by id: %s',
    async (reason) => {
      const { store } = opened()
      await store.applyPage(page([ticket('1')]))
      await store.applyPage(page([], { removals: [removal('1', reason)] }))
      const late = ticket('1', { updatedMs: LEFT_MS - 1, title: 'Before' })
      const shown = page([late], { byId: true, seenAtMs: LEFT_MS + 1 })
      expect(await store.applyPage(shown)).toEqual(noNews(2))
      expect(await total()).toBe(0)
    },
  )

  test('come back just as they are for whoever watches more', async () => {
    const { store } = opened()
    await store.applyPage(page([ticket('1')], { scope: 'TPM' }))
    const moved = ticket('1', { key: 'OPS-7', projectKey: 'OPS', updatedMs: LEFT_MS })
    const gone = [removal('1', 'moved', { ticket: moved })]
    await store.applyPage(page([], { scope: 'TPM', removals: gone }))
    expect(await store.applyPage(page([moved], { scope: 'all' }))).toMatchObject({ updated: 1 })
    expect(await store.countedTickets(SITE, ['1'])).toEqual([moved])
  })

  test('stay where they count for whoever watches more', async () => {
    const { store } = opened()
    const lowered = ticket('1', { priorityId: '3', updatedMs: LEFT_MS })
    await store.applyPage(page([lowered], { scope: 'all' }))
    const edited = { ...lowered, title: 'Edited', updatedMs: LEFT_MS + 1 }
    for (const shown of [lowered, edited, lowered]) {
      const removals = [removal('1', 'lowered', { atMs: shown.updatedMs, ticket: shown })]
      await store.applyPage(page([], { scope: 'less', removals }))
    }
    expect(await store.countedTickets(SITE, ['1'])).toEqual([edited])
    expect(await store.removedTickets(ever)).toEqual([])
  })

  test('take newer versions while they are away, and keep when and why they left', async () => {
    const { store } = opened()
    const medium = { priorityId: '3', updatedMs: LEFT_MS + 10 }
    await store.applyPage(page([ticket('1')]))
    await store.applyPage(page([], { removals: [removal('1', 'lowered')] }))
    const renamed = ticket('1', { ...medium, title: 'Renamed' })
    const again = removal('1', 'lowered', { atMs: LEFT_MS + 10, ticket: renamed })
    expect((await store.applyPage(page([], { removals: [again] }))).seq).toBe(3)
    expect((await store.applyPage(page([], { removals: [again] }))).seq).toBe(3)
    expect(await store.removedTickets(ever)).toEqual([{ ...renamed, leftMs: LEFT_MS, reason: 'lowered' }])
    // Raised and lowered again in between, shown late.
    await store.applyPage(page([raised]))
    expect(await total()).toBe(0)
  })
})

test('that were moved on are still listed with the project that they were counted in', async () => {
  const { store } = opened()
  await store.applyPage(page([ticket('1')]))
  for (const [n, projectKey] of ['OPS', 'WEB'].entries()) {
    const atMs = LEFT_MS + n
    const moved = ticket('1', { key: `${projectKey}-1`, projectKey, updatedMs: atMs })
    await store.applyPage(page([], { removals: [removal('1', 'moved', { atMs, ticket: moved })] }))
  }
  expect(await store.removedTickets({ ...ever, projectKey: 'TPM' })).toMatchObject([{ projectKey: 'WEB' }])
  expect(await store.removedTickets({ ...ever, projectKey: 'OPS' })).toEqual([])
})

describe.each(['deleted', 'hidden'] as const)('that were %s', (reason) => {
  async function gone(): Promise<void> {
    const { store } = opened()
    await store.applyPage(page([ticket('1'), ticket('2')]))
    await store.applyPage(page([], { removals: [removal('1', reason)] }))
  }
  const seenLater = { seenAtMs: LEFT_MS + 60_000 }

  test('are not believed back from an index that still shows them, but named', async () => {
    const { store } = opened()
    await gone()
    const nothing = { seq: 2, inserted: 0, updated: 0, left: 0, removed: 0, doubtful: ['1'], changed: [] }
    expect(await store.applyPage(page([ticket('1'), ticket('2')], seenLater))).toEqual(nothing)
    expect(await total()).toBe(1)
  })

  test('come back just as they were when Jira shows them by id', async () => {
    const { store } = opened()
    await gone()
    const shown = page([ticket('1')], { ...seenLater, byId: true })
    expect(await store.applyPage(shown)).toEqual({
      seq: 3,
      inserted: 0,
      updated: 1,
      left: 0,
      removed: 0,
      doubtful: [],
      changed: ['1'],
    })
    expect(await total()).toBe(2)
    expect(await store.removedTickets(ever)).toEqual([])
  })

  test('do not come back by an answer from before they left', async () => {
    const { store } = opened()
    await gone()
    const before = page([ticket('1')], { seenAtMs: LEFT_MS - 1, byId: true })
    expect(await store.applyPage(before)).toMatchObject({ updated: 0, doubtful: [] })
    expect(await total()).toBe(1)
  })

  test('come back with a version that was made after they left', async () => {
    const { store } = opened()
    await gone()
    const edited = ticket('1', { updatedMs: LEFT_MS + 1 })
    expect(await store.applyPage(page([edited], seenLater))).toMatchObject({ updated: 1, doubtful: [] })
    expect(await total()).toBe(2)
  })

  test('have been lowered or moved where Jira shows that after all', async () => {
    const { store } = opened()
    await gone()
    const atMs = LEFT_MS - 60_000
    const moved = ticket('1', { key: 'OPS-7', projectKey: 'OPS', updatedMs: atMs })
    await store.applyPage(page([], { removals: [removal('1', 'moved', { atMs, ticket: moved })] }))
    const listed = [{ ...moved, leftMs: atMs, reason: 'moved' }]
    expect(await store.removedTickets({ ...ever, projectKey: 'TPM' })).toEqual(listed)
    // Moved back before we took it for gone, and seen only now.
    await store.applyPage(page([ticket('1', { updatedMs: atMs + 1 })], seenLater))
    expect(await total()).toBe(2)
  })
})
