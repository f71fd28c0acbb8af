import { expect, test } from 'vitest'
import type { CountsResult, Session } from '../../src-shared/contract/tickets.ts'
import { chartModel } from './chart-model.ts'

const counts: CountsResult = {
  siteId: 's',
  seq: 1,
  fromMinute: 600,
  toMinute: 660,
  bucketMinutes: 1,
  priorityIds: ['1', '2'],
  counts: [Array.from({ length: 60 }, (_, i) => (i < 10 ? 1 : 0)), Array.from({ length: 60 }, () => 0)],
  provisionalFromMinute: 618,
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

const at = (nowMinute: number, knownMinute: number | null = null) => ({ nowMinute, knownMinute })

test('the distribution is of the minutes that are over, and of no others', () => {
  const model = chartModel(counts, session, at(620), { view: 'distribution', binMinutes: 5 })
  expect(model.finished).toHaveLength(20)
  expect(model.distribution.slice(0, 2).map((bar) => bar.observed)).toEqual([10, 10])
  expect(model.slots).toBe(model.distribution.length)
})

test('minutes of which the store told nothing are no minutes without tickets', () => {
  const model = chartModel(counts, session, at(640, 615), { view: 'distribution', binMinutes: 5 })
  expect(model.finished).toHaveLength(15)
  expect(model.bins[30]?.state).toBe('unsettled')
})

test('a histogram has the bins that were chosen, bars are minutes', () => {
  expect(chartModel(counts, session, at(700), { view: 'histogram', binMinutes: 10 }).slots).toBe(6)
  expect(chartModel(counts, session, at(700), { view: 'bar', binMinutes: 10 }).slots).toBe(60)
})
