import { expect, test, vi } from 'vitest'
import type { AlertRule } from '../../../src-shared/contract/alerts/alerts.ts'
import { SITE } from '../../../test-support/store/pages.ts'
import { storeForEach } from '../../../test-support/store/store.ts'

const opened = storeForEach()

function rule(id: string, parts: Partial<AlertRule> = {}): AlertRule {
  const condition = { kind: 'at-least', tickets: 8, minutes: 5 } as const
  const made = { on: true, revision: `${id}-1`, createdMs: 1_000 }
  return { id, name: `rule ${id}`, scope: {}, condition, ...made, ...parts }
}

const noAlert = (): null => null

test('rules are there for every instance, in the order in which they were made', async () => {
  const { store, again } = opened()
  const other = await again()
  const odd = rule('b', {
    name: `"é" \\ ☃`,
    scope: { project: `O'PS` },
    condition: { kind: 'too-quiet' },
    on: false,
  })
  await store.addAlertRule(SITE, rule('c', { createdMs: 2_000 }))
  await other.addAlertRule(SITE, odd)
  await store.addAlertRule(
    SITE,
    rule('a', { createdMs: 2_000, condition: { kind: 'above-usual', often: 'week' } }),
  )
  const found = await other.alertRules(SITE)
  expect(found.map(({ id }) => id)).toEqual(['b', 'a', 'c'])
  expect(found[0]).toEqual(odd)
  expect(await store.alertRules('site-b')).toEqual([])
})

test('no two rules of a site have one name, also where they come at once', async () => {
  const { store, again } = opened()
  const other = await again()
  const adding = await Promise.allSettled([
    store.addAlertRule(SITE, rule('a', { name: 'Storm' })),
    other.addAlertRule(SITE, rule('b', { name: 'Storm' })),
  ])
  const refused = adding.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []))
  expect(refused).toEqual([
    expect.objectContaining({ code: 'usage', what: expect.stringContaining('“Storm”') }),
  ])
  expect(await store.alertRules(SITE)).toHaveLength(1)
  await store.addAlertRule('site-b', rule('c', { name: 'Storm' }))
  await store.addAlertRule(SITE, rule('d', { name: 'Other' }))
  await expect(
    store.changeAlertRule(SITE, rule('d', { name: 'Storm', revision: 'd-2' }), 'd-1', null),
  ).rejects.toMatchObject({ code: 'usage' })
})

test('there are at most 50 at a site', async () => {
  const { store } = opened()
  for (let n = 0; n < 50; n++) await store.addAlertRule(SITE, rule(`r${n}`))
  await expect(store.addAlertRule(SITE, rule('more'))).rejects.toMatchObject({
    code: 'usage',
    what: expect.stringContaining('50'),
  })
  expect(await store.removeAlertRule(SITE, 'r7', 'r7-1', noAlert)).toBe(true)
  await store.addAlertRule(SITE, rule('more'))
})

test('one that was changed since is neither changed nor removed', async () => {
  const { store } = opened()
  await store.addAlertRule(SITE, rule('a'))
  await store.changeAlertRule(SITE, rule('a', { name: 'b', on: false, revision: 'a-2' }), 'a-1', null)
  const late = rule('a', { name: 'c', revision: 'a-3' })
  await expect(store.changeAlertRule(SITE, late, 'a-1', null)).rejects.toMatchObject({ code: 'busy' })
  await expect(store.removeAlertRule(SITE, 'a', 'a-1', noAlert)).rejects.toMatchObject({ code: 'busy' })
  expect(await store.alertRules(SITE)).toEqual([rule('a', { name: 'b', on: false, revision: 'a-2' })])
})

test('what is given again, since its answer was lost, is the same again', async () => {
  const { store } = opened()
  await store.addAlertRule(SITE, rule('a'))
  await store.addAlertRule(SITE, rule('a'))
  const changed = rule('a', { name: 'b', revision: 'a-2' })
  await store.changeAlertRule(SITE, changed, 'a-1', null)
  await store.changeAlertRule(SITE, changed, 'a-1', null)
  expect(await store.alertRules(SITE)).toEqual([changed])
  expect(await store.removeAlertRule(SITE, 'a', 'a-2', noAlert)).toBe(true)
  expect(await store.removeAlertRule(SITE, 'a', 'a-2', noAlert)).toBe(false)
})

test('they stay when the ticket tables are dropped, and another instance is notified of each change', async () => {
  const { store, again } = opened()
  const other = await again()
  const notified = vi.fn()
  store.onCommit(SITE, ['alerts'], notified)
  await other.addAlertRule(SITE, rule('a'))
  await vi.waitFor(() => expect(notified).toHaveBeenCalled())
  await store.dropTables()
  expect(await store.alertRules(SITE)).toHaveLength(1)
  expect(await store.alertHistory({ siteId: SITE, limit: 5 })).toEqual([])
})
