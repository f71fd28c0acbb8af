import { expect, test } from 'vitest'
import type { Params } from '../../src-shared/contract/methods.ts'
import { SITE } from '../../test-support/store/pages.ts'
import { openTestStore } from '../../test-support/store/store.ts'
import { createMarking } from './marks.ts'

const NOW = Date.parse('2026-11-24T13:30:10Z')
const ALL = { fromMs: 0, toMs: 10 ** 15 }

async function open({ isFallback = false } = {}) {
  const store = await openTestStore()
  const parts = { store, siteId: SITE, zone: 'Europe/Berlin', time: { now: () => NOW }, isFallback }
  return { store, ...createMarking(parts) }
}

test.each<[string, Partial<Params<'marks.add'>>]>([
  ['no text', { text: '  ' }],
  ['an end before its beginning', { at: '2026-11-24T13:00Z', to: '2026-11-24T12:00Z' }],
  ['an end at its beginning', { at: '2026-11-24T13:00Z', to: '2026-11-24T13:00Z' }],
  ['a beginning in the future', { at: '2026-11-24T13:32Z' }],
  ['an end far in the future', { to: '2026-11-26T13:30Z' }],
  ['more than a month', { at: '2026-10-01T00:00Z', to: 'now' }],
  ['a time that is none', { at: 'soon' }],
  ['a zone that is none', { zone: 'Moon/Sea' }],
])('a mark with %s is not set', async (_name, asked) => {
  const { store, 'marks.add': add } = await open()
  await expect(add({ text: 'deploy', ...asked })).rejects.toMatchObject({ code: 'usage' })
  expect(await store.marks(SITE, ALL, 10)).toEqual([])
})

test.each<[string, Partial<Params<'marks.add'>>, string, string | null]>([
  ['now', {}, '2026-11-24T13:30:10Z', null],
  ['at a time of day, by the zone of the program', { at: '14:05' }, '2026-11-24T13:05:00Z', null],
  ['or of the call', { at: '13:05', zone: 'UTC' }, '2026-11-24T13:05:00Z', null],
  ['up to the next such time', { at: '14:05', to: '14:20' }, '2026-11-24T13:05:00Z', '2026-11-24T13:20:00Z'],
  ['over midnight', { at: '23:50', to: '0:10' }, '2026-11-23T22:50:00Z', '2026-11-23T23:10:00Z'],
  [
    'an incident for an hour',
    { at: '14:05', incident: true },
    '2026-11-24T13:05:00Z',
    '2026-11-24T14:05:00Z',
  ],
])('a mark is set %s', async (_name, asked, from, to) => {
  const { store, 'marks.add': add } = await open()
  const mark = await add({ text: ' deploy 5.17 ', ...asked })
  expect([mark.fromMs, mark.toMs]).toEqual([Date.parse(from), to === null ? null : Date.parse(to)])
  expect(mark).toMatchObject({ text: 'deploy 5.17', kind: asked.incident === true ? 'incident' : 'mark' })
  expect(await store.marks(SITE, ALL, 10)).toEqual([mark])
})

test('while a file stands in for the store with the marks, none is set, changed or removed, and that is said', async () => {
  const marking = await open({ isFallback: true })
  const refused = { code: 'store-unavailable', consequence: 'Nothing was done.' }
  await expect(marking['marks.add']({ text: 'a' })).rejects.toMatchObject(refused)
  await expect(marking['marks.change']({ id: 'a', seen: 'a', text: 'a' })).rejects.toMatchObject(refused)
  await expect(marking['marks.remove']({ id: 'a', seen: 'a' })).rejects.toMatchObject(refused)
})
