import { expect, test } from 'vitest'
import type { Present } from '../../src-shared/domain/now.ts'
import { createStateStore } from '../state-store.ts'
import type { PresentState } from '../live/present.ts'
import { followTab, tabIcon, tabTitle } from './tab.ts'

const live: Present = {
  freshness: 'live',
  tickets: 13,
  isLeast: false,
  verdict: null,
  nowMinute: 0,
  gaps: [],
}

test.each([
  ['13 in 5 min – Jira TPM', live],
  ['0 in 5 min – Jira TPM', { ...live, tickets: 0 }],
  ['≥ 13 in 5 min – Jira TPM', { ...live, isLeast: true }],
  ['Not live – Jira TPM', { ...live, freshness: 'stale', tickets: null } as const],
  ['Jira TPM', { ...live, freshness: 'unknown', tickets: null } as const],
  ['Jira TPM', null],
])('the title is %j', (title, present) => expect(tabTitle(present)).toBe(title))

function drawn(present: Present | null): string {
  return decodeURIComponent(tabIcon(present) ?? 'usual')
}

test('the icon has the number, on grey bars none, and is the usual one where there is nothing to count', () => {
  expect(drawn(live)).toContain('>13</text>')
  expect(drawn({ ...live, tickets: 140 })).toContain('>99+</text>')
  const stale = drawn({ ...live, freshness: 'stale', tickets: null })
  expect(stale).toContain('#868a95')
  expect(stale).not.toContain('<text')
  expect(drawn({ ...live, tickets: 0 })).toBe('usual')
  expect(drawn(null)).toBe('usual')
})

test('both follow the present, and an old number goes when it is old', () => {
  const hrefs: string[] = []
  const link = { setAttribute: (_name: string, href: string) => hrefs.push(href) }
  const page = { title: '', querySelector: () => link } as unknown as Document
  const store = createStateStore<PresentState>({ overview: null, present: live })
  const leave = followTab(store, page)
  expect(page.title).toBe('13 in 5 min – Jira TPM')
  store.put({ present: { ...live, freshness: 'stale', tickets: null } })
  expect(page.title).toBe('Not live – Jira TPM')
  expect(hrefs.map((href) => decodeURIComponent(href).includes('<text'))).toEqual([true, false])
  leave()
  store.put({ present: live })
  expect(page.title).toBe('Not live – Jira TPM')
})

test('what is unusual is marked in the title, and far from usual in the icon', () => {
  const [unusual, high] = (['unusual', 'high'] as const).map((state): Present => ({
    ...live,
    verdict: { state } as Present['verdict'],
  }))
  expect(tabTitle(unusual ?? null)).toBe('▲ 13 in 5 min – Jira TPM')
  expect(drawn(unusual ?? null)).toContain('#3b5bdb')
  expect(drawn(high ?? null)).toContain('#b42318')
})
