import { expect, test } from 'vitest'
import type { ChartModel } from '../chart/chart-model.ts'
import { linkTo } from './link.ts'
import { commandText, fileName, pictureText, type Shared } from './share-text.ts'

const SHOWN = { fromMs: Date.UTC(2026, 10, 24, 13), toMs: Date.UTC(2026, 10, 24, 14) }

function shared(gaps: ChartModel['gaps'] = []): Shared {
  const bins = Array.from({ length: 12 }, (_, at) => ({
    startMinute: SHOWN.fromMs / 60_000 + at * 5,
    minutes: 5,
    total: 2,
  }))
  const priorities = [{ name: 'Highest' }, { name: 'High' }]
  return {
    model: { view: 'histogram', barMinutes: 5, zone: 'Europe/Berlin', bins, gaps, priorities, split: null },
    session: { site: { label: 'Acme Ops' }, projectKey: 'OPS', version: '2.0.0' },
    shown: SHOWN,
    comparison: null,
    filter: {},
    nowMs: SHOWN.toMs,
  } as unknown as Shared
}

test('a picture says how many, when, whose, how long a bar is, when it was made and in which zone', () => {
  expect(pictureText(shared())).toEqual({
    title: '24 tickets, Tue 24 Nov, 14:00–15:00',
    subtitle: 'Acme Ops · OPS · Highest and High · per 5 min',
    comparedWith: null,
    footer: 'Jira TPM 2.0.0 · as of Tue 24 Nov 2026, 15:00 · times in Europe/Berlin',
  })
})

test('a picture says what its line is of, and how many there were then', () => {
  const { model, ...rest } = shared()
  const compared = model.bins.map(() => ({ total: 1, state: 'known' as const }))
  const text = pictureText({ ...rest, model: { ...model, compared }, comparison: '1d' })
  expect(text.comparedWith).toBe('12 yesterday (×2.0)')
})

test('what was not fetched is said by picture and file name', () => {
  const gap = { fromMs: SHOWN.toMs - 600_000, toMs: SHOWN.toMs }
  expect(pictureText(shared([gap]))).toMatchObject({
    title: 'At least 24 tickets, Tue 24 Nov, 14:00–15:00',
    subtitle: expect.stringContaining('Not fetched since 14:50') as string,
  })
  expect(fileName(shared([gap]))).toBe('jira-tpm-acme-ops-20261124T130000Z-20261124T140000Z-incomplete')
})

test('the command has the instants and the length of the bars that are shown', () => {
  expect(commandText(shared())).toBe(
    'jira-tpm counts --from 2026-11-24T13:00:00Z --to 2026-11-24T14:00:00Z --interval 5m --zone Europe/Berlin',
  )
})

test('the command counts the same tickets, by the same field, in words that a shell takes', () => {
  const { model, ...others } = shared()
  const split = { by: 'issueType', overlaps: false, parts: [] } as const
  const filter = {
    projects: ['WEB'],
    issueTypes: ["Sub task's"],
    rehearsed: false,
    without: { labels: ['a'] },
  }
  expect(commandText({ ...others, model: { ...model, split }, filter })).toMatch(
    / --only project=WEB --only 'type=Sub task'\\''s' --only 'label!=a' --only rehearsed=no --split type$/,
  )
  expect(pictureText({ ...others, model, filter }).subtitle).toContain(
    "only project WEB, type Sub task's, not label a, not made by a run",
  )
})

test('a link is as the address is, or stays at its times and keeps the rest', () => {
  const address = 'https://tpm.example/#from=now-1h&to=now&view=histogram'
  expect(linkTo(address)).toBe(address)
  const { hash } = new URL(linkTo(address, SHOWN))
  expect(Object.fromEntries(new URLSearchParams(hash.slice(1)))).toEqual({
    from: '2026-11-24T13:00:00Z',
    to: '2026-11-24T14:00:00Z',
    view: 'histogram',
  })
})
