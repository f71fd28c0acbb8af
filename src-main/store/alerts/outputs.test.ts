import { expect, test } from 'vitest'
import { storeForEach } from '../../../test-support/store/store.ts'
import { SITE } from '../../../test-support/store/pages.ts'
import type { StoredOutput } from './outputs.ts'

const opened = storeForEach()

function output(id: string, parts: Partial<StoredOutput> = {}): StoredOutput {
  return {
    id,
    name: `Output ${id}`,
    kind: 'webhook',
    url: `https://${id}.example.com/hook`,
    needsSecret: false,
    allowPrivate: false,
    revision: `${id}-1`,
    createdMs: 1_000,
    ...parts,
  }
}

test('outputs are there for every instance, in the order in which they were added, with nothing sent yet', async () => {
  const { store, again } = opened()
  const other = await again()
  const odd = output('odd', { name: `"é", 'x' \\ ☃`, kind: 'slack', needsSecret: true, allowPrivate: true })
  await store.addOutput(SITE, output('b', { createdMs: 2_000 }))
  await other.addOutput(SITE, odd)
  const found = await other.outputs(SITE)
  expect(found.map(({ id }) => id)).toEqual(['odd', 'b'])
  const nothing = { waiting: 0, givenUp: 0, attempts: 0, isClaimed: false, nextTryMs: null, overdueMs: 0 }
  expect(found[0]).toEqual({ ...odd, ...nothing, lastSentMs: null, last: null })
  expect(await store.outputs('site-b')).toEqual([])
})

test('no two have one name, and there are twenty at most', async () => {
  const { store } = opened()
  await store.addOutput(SITE, output('a'))
  const namesake = store.addOutput(SITE, output('b', { name: 'Output a' }))
  await expect(namesake).rejects.toMatchObject({ code: 'usage', what: expect.stringContaining('Output a') })
  // Who got no answer adds it again.
  await store.addOutput(SITE, output('a'))
  for (let n = 1; n < 20; n++) await store.addOutput(SITE, output(`n${n}`))
  await expect(store.addOutput(SITE, output('more'))).rejects.toMatchObject({
    code: 'usage',
    what: expect.stringContaining('20'),
  })
  expect(await store.outputs(SITE)).toHaveLength(20)
})

test('who has seen an output changes it; who has not is told', async () => {
  const { store } = opened()
  await store.addOutput(SITE, output('a'))
  await store.addOutput(SITE, output('b'))
  const changed = output('a', { url: 'https://new.example.com', allowPrivate: true, revision: 'a-2' })
  await store.changeOutput(SITE, changed, 'a-1')
  // Who got no answer changes it again.
  await store.changeOutput(SITE, changed, 'a-1')
  expect(await store.outputs(SITE)).toMatchObject([changed, output('b')])
  const late = store.changeOutput(SITE, output('a', { revision: 'a-3' }), 'a-1')
  await expect(late).rejects.toMatchObject({ code: 'busy' })
  const renamed = store.changeOutput(SITE, output('a', { name: 'Output b', revision: 'a-3' }), 'a-2')
  await expect(renamed).rejects.toMatchObject({ code: 'usage' })
  const gone = store.changeOutput(SITE, output('c'), 'c-1')
  await expect(gone).rejects.toMatchObject({ code: 'not-found' })
})

test('one that is removed is gone for all, who are notified; the ticket tables do not matter', async () => {
  const { store, again } = opened()
  const other = await again()
  await store.addOutput(SITE, output('a'))
  await store.dropTables()
  expect(await other.outputs(SITE)).toHaveLength(1)
  const left = new Promise<void>((resolve) => {
    const look = async (): Promise<void> => {
      if ((await other.outputs(SITE)).length === 0) resolve()
    }
    // It may be told of again when the test is over.
    other.onCommit(SITE, ['outputs'], () => void look().catch(() => {}))
  })
  expect(await store.removeOutput(SITE, 'a')).toBe(true)
  expect(await store.removeOutput(SITE, 'a')).toBe(false)
  await left
})

test('what a test came to is shown, until something else comes', async () => {
  const { store } = opened()
  await store.addOutput(SITE, output('a'))
  await store.noteTest(SITE, 'a', { taken: false, answer: 'HTTP 500' })
  const [shown] = await store.outputs(SITE)
  expect(shown?.last).toMatchObject({ taken: false, answer: 'HTTP 500' })
  expect(shown?.last?.atMs).toBeGreaterThan(1_700_000_000_000)
})
