import { expect, test, vi } from 'vitest'
import { storeForEach } from '../../test-support/store/store.ts'
import { page, SITE, ticket, WATCHED } from '../../test-support/store/pages.ts'
import { newSlot, RUN } from '../../test-support/store/runs.ts'

// Who hears of commits.

const opened = storeForEach()

test('its own commits are heard', async () => {
  const { store } = opened()
  const heard = vi.fn()
  store.onCommit(SITE, ['tickets'], heard)
  await store.applyPage(page([ticket('1')]))
  await vi.waitFor(() => expect(heard).toHaveBeenCalled())
})

test("another's commits are heard, until one stops listening", async () => {
  const { store, again } = opened()
  const other = await again()
  const heard = vi.fn()
  const stop = store.onCommit(SITE, ['tickets'], heard)
  await other.applyPage(page([ticket('1')]))
  await vi.waitFor(() => expect(heard).toHaveBeenCalled())
  expect((await store.changesSince(SITE, 0, WATCHED, 10)).changes).toHaveLength(1)

  stop()
  heard.mockClear()
  const heardByNext = vi.fn()
  store.onCommit(SITE, ['tickets'], heardByNext)
  await other.applyPage(page([ticket('2')]))
  await vi.waitFor(() => expect(heardByNext).toHaveBeenCalled())
  expect(heard).not.toHaveBeenCalled()
})

test('a listener that throws does not fail the commit', async () => {
  const { store } = opened()
  const thrown = new Promise((resolve) => process.once('uncaughtException', resolve))
  const others = process.listeners('uncaughtException').slice(0, -1)
  for (const other of others) process.off('uncaughtException', other)
  const stop = store.onCommit(SITE, ['tickets'], () => {
    stop() // a server's store calls it once more, when it is told of the site
    throw new Error('a fault of the listener')
  })
  try {
    expect(await store.applyPage(page([ticket('1')]))).toMatchObject({ inserted: 1 })
    expect(await thrown).toMatchObject({ message: 'a fault of the listener' })
  } finally {
    for (const other of others) process.on('uncaughtException', other)
  }
})

test('what another does with its runs is heard', async () => {
  const { store, again } = opened()
  const other = await again()
  const heard = vi.fn()
  store.onCommit(SITE, ['ledger'], heard)
  const outcome = { answeredAtMs: 3, latenessMs: 1, issueId: '7', issueKey: 'TPM-7', reason: null }
  for (const act of [
    () => other.createRun(RUN, [newSlot(0)]),
    () => other.setRequestedState(SITE, RUN.runId, 'pause'),
    () => other.setRunState(SITE, RUN.runId, 'paused', 2),
    () => other.resumeRun(SITE, RUN.runId, { byMs: 1, atMs: 2 }),
    () => other.claimSlots(SITE, RUN.runId, [0], 2),
    () => other.recordSlots(SITE, RUN.runId, [{ slot: 0, state: 'created', ...outcome }]),
    () => other.markRemoved(SITE, RUN.runId, [0], 4),
  ]) {
    heard.mockClear()
    await act()
    await vi.waitFor(() => expect(heard).toHaveBeenCalled())
  }
})

test('who hears of what another asks of a run reads it', async () => {
  const { store, again } = opened()
  const other = await again()
  await store.createRun(RUN, [newSlot(0)])
  const requests: (string | null | undefined)[] = []
  store.onCommit(SITE, ['ledger'], () => {
    void store.run(SITE, RUN.runId).then((run) => requests.push(run?.requested))
  })
  await other.setRequestedState(SITE, RUN.runId, 'pause')
  await vi.waitFor(() => expect(requests.at(-1)).toBe('pause'))
  await other.setRequestedState(SITE, RUN.runId, 'stop')
  await vi.waitFor(() => expect(requests.at(-1)).toBe('stop'))
})

test('dropped and new tables are heard at every site', async () => {
  const { store, again } = opened()
  const other = await again()
  for (const siteId of [SITE, 'site-b']) await store.applyPage(page([ticket('1')], { siteId }))
  const heard = [vi.fn(), vi.fn()]
  store.onCommit(SITE, ['tickets'], () => heard[0]?.())
  store.onCommit('site-b', ['report'], () => heard[1]?.())
  for (const act of [() => other.dropTables(), () => other.createTables()]) {
    for (const one of heard) one.mockClear()
    await act()
    for (const one of heard) await vi.waitFor(() => expect(one).toHaveBeenCalled())
  }
})

test('listeners of several sites hear of their own, each until it stops', async () => {
  const { store, again } = opened()
  const other = await again()
  const heard = vi.fn()
  const stops = [SITE, 'site-b'].map((siteId) => store.onCommit(siteId, ['tickets'], heard))
  for (const siteId of [SITE, 'site-b']) {
    heard.mockClear()
    await other.applyPage(page([ticket('1')], { siteId }))
    await vi.waitFor(() => expect(heard).toHaveBeenCalled())
  }
  stops[0]?.()
  stops[0]?.()
  heard.mockClear()
  await other.applyPage(page([ticket('2')], { siteId: 'site-b' }))
  await vi.waitFor(() => expect(heard).toHaveBeenCalled())
})
