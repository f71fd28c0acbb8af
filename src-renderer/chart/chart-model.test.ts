import { expect, test } from 'vitest'
import type { CountsResult, Session } from '../../src-shared/contract/tickets.ts'
import type { TimeSpan } from '../../src-shared/domain/known-spans.ts'
import { chartModel, eitherText, hasUnsettled, newestSlot } from './chart-model.ts'
import { binText, chartText, slotText } from './chart-text.ts'
import { stackOf } from './stack.ts'

const counts: CountsResult = {
  siteId: 's',
  seq: 1,
  fromMinute: 600,
  toMinute: 660,
  bucketMinutes: 1,
  priorityIds: ['1', '2'],
  counts: [Array.from({ length: 60 }, (_, i) => (i < 10 ? 1 : 0)), Array.from({ length: 60 }, () => 0)],
  provisionalFromMinute: 618,
  known: [{ fromMs: 0, toMs: 8_640_000_000_000_000 }],
}
const session: Session = {
  version: '1',
  site: { id: 's', kind: 'sandbox', label: 'sandbox', browseUrl: null },
  projectKey: null,
  store: { kind: 'sqlite', label: 'SQLite' },
  zone: 'UTC',
  watchedField: { id: 'priority', name: 'Priority' },
  watched: [
    { id: '1', name: 'Highest' },
    { id: '2', name: 'High' },
  ],
  tokenExpiresOn: null,
  clock: { machineMs: 0, siteMs: 0, rate: 1, untilSiteMs: 0 },
}

const at = (nowMinute: number, knownMinute: number | null = null, gaps: readonly TimeSpan[] = []) => ({
  nowMinute,
  knownMinute,
  gaps,
})

function barsUnsettledFrom(provisionalFromMinute: number) {
  return chartModel({ ...counts, provisionalFromMinute }, session, at(659), { view: 'bar', interval: 1 }).bins
}

test('a bar that may change is hatched where it has tickets', () => {
  // Of its minutes the first ten have tickets.
  expect(hasUnsettled(barsUnsettledFrom(610))).toBe(false)
  expect(hasUnsettled(barsUnsettledFrom(609))).toBe(true)
})

test('the distribution is of the minutes that are over, and of no others', () => {
  const model = chartModel(counts, session, at(620), { view: 'distribution', interval: 5 })
  expect(model.finished).toHaveLength(20)
  expect(model.distribution.slice(0, 2).map((bar) => bar.observed)).toEqual([10, 10])
  expect(model.slots).toBe(model.distribution.length)
})

test('minutes of which the store says nothing are no minutes without tickets', () => {
  const model = chartModel(counts, session, at(640, 615), { view: 'distribution', interval: 5 })
  expect(model.finished).toHaveLength(15)
  expect(model.bins[30]?.state).toBe('unsettled')
})

test('a histogram has the bins that were chosen, bars are minutes', () => {
  expect(chartModel(counts, session, at(700), { view: 'histogram', interval: 10 }).slots).toBe(6)
  expect(chartModel(counts, session, at(700), { view: 'bar', interval: 10 }).slots).toBe(60)
})

test('what runs have planned is summed by bins, and may be higher than any bar', () => {
  const planned = [
    { minute: 601, planned: 2 },
    { minute: 609, planned: 90 },
    { minute: 659, planned: 1 },
  ]
  const model = chartModel(counts, session, { ...at(630), planned }, { view: 'histogram', interval: 10 })
  expect(model.planned).toEqual([92, 0, 0, 0, 0, 1])
  expect(model.most).toBe(92)
  expect(slotText(model, 0)).toMatch(/, 92 planned$/)
  expect(slotText(model, 1)).not.toContain('planned')
  const elsewhere = { ...at(630), planned: [{ minute: 700, planned: 3 }] }
  expect(chartModel(counts, session, elsewhere, { view: 'bar', interval: 1 }).planned).toBeNull()
  expect(
    chartModel(counts, session, { ...at(630), planned }, { view: 'distribution', interval: 1 }),
  ).toMatchObject({ planned: null })
})

const priorities = [
  { id: '1', name: 'Highest' },
  { id: '2', name: 'High' },
]
const startMinute = Date.parse('2026-11-24T14:37Z') / 60_000

test('a bar is said with its time, its tickets and what is not sure about it', () => {
  const bin = { startMinute, minutes: 1, byPriority: [1, 3], total: 4, state: 'unsettled' } as const
  expect(binText(bin, { bins: [bin], priorities, split: null, zone: 'UTC' })).toBe(
    '14:37, 4 tickets: 1 Highest, 3 High, not settled yet',
  )
})

test('an empty bar names no priority', () => {
  const bin = { startMinute, minutes: 5, byPriority: [0, 0], total: 0, state: 'settled' } as const
  expect(binText(bin, { bins: [bin], priorities, split: null, zone: 'UTC' })).toBe('14:37–14:42, 0 tickets')
})

test('several priorities are any of them', () => {
  expect(eitherText([{ id: '0', name: 'P2' }, ...priorities])).toBe('P2, Highest or High')
  expect(eitherText(priorities.slice(0, 1))).toBe('Highest')
})

test('a minute that was not fetched is unknown: no bar of zero, no minute without tickets', () => {
  const gap = { fromMs: 605.5 * 60_000, toMs: 621 * 60_000 }
  const model = chartModel(counts, session, at(620, null, [gap]), { view: 'bar', interval: 5 })
  expect(model.bins.slice(4, 7).map(({ state }) => state)).toEqual(['settled', 'unknown', 'unknown'])
  expect(model.bins[20]?.state).toBe('unknown')
  expect(model.bins[21]?.state).toBe('future')
  expect(model.finished).toHaveLength(5)
  expect(slotText(model, 5)).toBe('10:05, at least 1 ticket: 1 Highest, not fetched')
  expect(slotText(model, 15)).toBe('10:15, not fetched')
  expect(slotText(model, 30)).toBe('10:30, still to come')
  expect(chartText(model)).toBe(
    'Tickets per minute, Thu 1 Jan, 10:00–11:00: at least 10 tickets, most at 10:00: 1, not fetched from 10:05 to 10:21',
  )
})

test('a span too long for a bar a minute is a histogram, whatever was chosen, and says per what', () => {
  const week = {
    ...counts,
    toMinute: 600 + 10_080,
    bucketMinutes: 60,
    counts: [Array.from({ length: 168 }, () => 1)],
  }
  const model = chartModel(week, session, at(20_000), { view: 'bar', interval: 120 })
  expect(model).toMatchObject({ view: 'histogram', isTooLong: true, slots: 84 })
  expect(model.bins[0]).toMatchObject({ total: 2, minutes: 120 })
  expect(chartText(model)).toBe(
    'Tickets per 2 h, Thu 1 Jan, 10:00 – Thu 8 Jan, 10:00: 168 tickets, most at Thu 1 Jan, 10:00–12:00: 2',
  )
})

test('keys begin at the newest bar that is over', () => {
  const bar = { view: 'bar', interval: 10 } as const
  expect(newestSlot(chartModel(counts, session, at(620), bar))).toBe(19)
  expect(newestSlot(chartModel(counts, session, at(700), bar))).toBe(59)
  expect(newestSlot(chartModel(counts, session, at(500), bar))).toBe(59)
  expect(newestSlot(chartModel(counts, session, at(635), { ...bar, view: 'histogram' }))).toBe(2)
})

/** A day in bars of a minute, of so many types. */
function splitDay(parts: number): CountsResult {
  const minutes = Array.from({ length: 1_440 }, (_, minute) => minute % 2)
  const values = Array.from({ length: parts }, (_, n) => ({
    kind: 'value' as const,
    value: `Type ${n}`,
    total: 720,
    counts: minutes,
  }))
  return {
    ...counts,
    fromMinute: 0,
    toMinute: 1_440,
    counts: [minutes, minutes],
    provisionalFromMinute: 1_440,
    split: { by: 'label', overlaps: true, parts: values },
  }
}

test('bars in the colours of a split are stacked of its parts, and as high as those are together', () => {
  const model = chartModel({ ...splitDay(3), toMinute: 60 }, session, at(700), { view: 'bar', interval: 1 })
  expect(model.split).toMatchObject({ by: 'label', overlaps: true })
  expect(stackOf(model).map(({ name }) => name)).toEqual(['Type 0', 'Type 1', 'Type 2'])
  expect(model.bins[1]).toMatchObject({ total: 2, parts: [1, 1, 1] })
  expect(model.most).toBe(3)
  expect(slotText(model, 1)).toContain('00:01, 2 tickets: 1 Type 0, 1 Type 1, 1 Type 2')
})

test.each([1, 2, 5, 8])(
  'a day in %i colours has never more than 1,500 marks, and no ticket less',
  (parts) => {
    for (const view of ['bar', 'histogram'] as const) {
      const model = chartModel(splitDay(parts), session, at(2_000), { view, interval: 1 })
      expect(model.bins.length * parts).toBeLessThanOrEqual(1_500)
      expect(model.bins.reduce((sum, bin) => sum + (bin.parts?.[0] ?? 0), 0)).toBe(720)
      expect(model).toMatchObject({ isCrowded: parts > 1, view: parts > 1 ? 'histogram' : view })
    }
  },
)
