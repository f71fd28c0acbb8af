import { expect, test, vi } from 'vitest'
import { METHOD_NAMES, methods } from '../../src-shared/contract/methods.ts'
import { toWireError } from '../../src-shared/errors/app-error.ts'
import { addWatched, openTestApp, startTestSite, watchedKeys } from '../../test-support/app.ts'
import { makeTestData } from '../../test-support/store/store.ts'
import { NEEDS_JIRA } from '../sites/edge-site.ts'

const soon = { timeout: 30_000, interval: 20 }
const SPAN = { fromMs: 0, toMs: 8e15 }

/** One that fetches and an edge on one store; the edge has no token, and its Jira's address leads nowhere it would ask. */
async function openTeam() {
  const { config: store } = await makeTestData()
  const site = await startTestSite({ historyTickets: 30 })
  const fetcher = await openTestApp(site, { store })
  await fetcher.start()
  const all = (await watchedKeys(site)).length
  await vi.waitFor(async () => expect(await fetcher.keys()).toHaveLength(all), soon)
  const edge = await openTestApp(site, { store, isEdge: true })
  await edge.start()
  return { site, store, fetcher, edge }
}

test('an edge without a token shows what another server fetches, as it comes, and who that is', async () => {
  const { site, fetcher, edge } = await openTeam()
  const seqs: number[] = []
  edge.hub.on('counts.changed', ({ seq }) => void seqs.push(seq))
  const [added] = (await addWatched(site, 1)).slice(-1)
  await vi.waitFor(async () => expect(await edge.keys()).toContain(added), soon)
  await vi.waitFor(() => expect(seqs.length).toBeGreaterThan(0), soon)
  const asked = { ...SPAN, toMs: 4e12, fromMs: 3.9e12 }
  expect((await edge.call('counts.outside', asked)).before).toEqual(
    (await fetcher.call('counts.outside', asked)).before,
  )
  expect((await edge.call('session.get', {})).site).toEqual((await fetcher.call('session.get', {})).site)
  await vi.waitFor(
    async () =>
      expect(await edge.call('sync.status', {})).toMatchObject({ by: expect.any(String), failure: null }),
    soon,
  )
})

test('it never leads, also when nobody else does, and asks Jira nothing', async () => {
  const { site, store, fetcher, edge } = await openTeam()
  await fetcher.stop()
  edge.wake()
  for (const method of NEEDS_JIRA) {
    const params = (methods[method].example ?? {}) as never
    await expect(edge.call(method, params), method).rejects.toMatchObject({
      code: 'not-configured',
      message: expect.stringContaining('This server is an edge'),
    })
  }
  const span = { fromMs: 0, toMs: 60_000 }
  await expect(edge.call('tickets.jql', span)).resolves.toMatchObject({ jql: expect.any(String) })
  const standby = await openTestApp(site, { store })
  await standby.start()
  const status = () => standby.call('sync.status', {})
  await vi.waitFor(async () => expect(await status()).toMatchObject({ by: null, failure: null }), soon)
  await vi.waitFor(async () => expect((await status()).lastSuccessMs).not.toBeNull(), soon)
})

test('what is not led to one that fetches it answers of itself', async () => {
  const { edge } = await openTeam()
  const asksJira: string[] = []
  for (const method of METHOD_NAMES) {
    const { scope, example } = methods[method] as { scope: string; example?: unknown }
    if (scope === 'admin' || NEEDS_JIRA.has(method)) continue
    const failure = await edge.call(method, (example ?? {}) as never).then(() => null, toWireError)
    if (failure?.what.includes('This server is an edge')) asksJira.push(method)
  }
  expect(asksJira).toEqual([])
})

test('one that is there before any that fetches says so, and goes on by itself when one was', async () => {
  const { config: store } = await makeTestData()
  const site = await startTestSite({ historyTickets: 30 })
  const edge = await openTestApp(site, { store, isEdge: true })
  edge.start().catch(() => {})
  await expect(edge.opened()).rejects.toMatchObject({
    message: expect.stringContaining('No server that fetches'),
  })
  const fetcher = await openTestApp(site, { store })
  await fetcher.start()
  const all = (await watchedKeys(site)).length
  await vi.waitFor(async () => expect(await edge.keys()).toHaveLength(all), soon)
})

test('each method that takes a Jira is one of the contract', () => {
  expect([...NEEDS_JIRA].filter((name) => !METHOD_NAMES.includes(name))).toEqual([])
})
