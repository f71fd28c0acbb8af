import { isDeepStrictEqual } from 'node:util'
import { expect, test } from 'vitest'
import type { UsualNow } from '../../src-shared/contract/alerts/usual.ts'
import { minuteOf, startOfMinute } from '../../src-shared/domain/minute.ts'
import { quantile, upperTail } from '../../src-shared/domain/usual/tails.ts'
import { addWatched, openTestApp, startTestSite, type TestApp } from '../../test-support/app.ts'
import { makeTestData } from '../../test-support/store/store.ts'

// A site with four weeks of history, as a person's own sandbox has.

/** A Monday, 00:00 UTC. */
const MONDAY = 26_798_400

async function openWithHistory(historyWeeks: number) {
  const data = await makeTestData()
  const site = await startTestSite({ historyWeeks, historyTickets: 0 })
  const app = await openTestApp(site, { store: data.config, background: false })
  await app.call('sync.now', {})
  return { site, app }
}

test('of four weeks it is known what is usual: a band for each bar, a verdict, and what was learned of each hour', async () => {
  const { app } = await openWithHistory(4)
  const usual = await app.call('usual.get', { from: 'now-1h', to: 'now', bucketMinutes: 5 })
  expect(usual.learning).toBeNull()
  expect(usual.zone).toBe('UTC')
  for (const part of ['low', 'high', 'mean', 'unusualFrom'] as const) expect(usual[part]).toHaveLength(12)
  usual.mean.forEach((mean, bar) => {
    expect(usual.low[bar]).toBeLessThanOrEqual(mean)
    expect(usual.unusualFrom[bar]).toBeGreaterThan(usual.high[bar] ?? Infinity)
    expect(upperTail(usual.unusualFrom[bar] ?? 0, { mean, variance: mean })).toBeLessThan(1e-3)
  })
  expect(usual.verdict).toMatchObject({ rehearsed: 0, minutes: expect.any(Number) as number })
  expect(usual.verdict.smallestStorm).toBeGreaterThan(1)

  const heat = await app.call('usual.heat', {})
  expect(heat.hours).toHaveLength(168)
  const { tickets } = await app
    .call('counts.outside', { fromMs: 0, toMs: 60_000 })
    .then(({ after }) => ({ tickets: after }))
  const learned = heat.hours.reduce((sum, hour) => sum + hour.tickets, 0)
  expect(learned).toBeGreaterThan(0.9 * tickets)
  expect(learned).toBeLessThanOrEqual(tickets)
  expect(heat.hours.filter(({ believed }) => believed).length).toBeGreaterThan(150)

  // What the heat view shows is enough to work out a bar by hand.
  const bar = usual.fromMinute % 60 === 0 ? 0 : Math.ceil((60 - (usual.fromMinute % 60)) / 5) % 12
  const minute = usual.fromMinute + 5 * bar
  const hour = heat.hours[Math.floor((minute - MONDAY) / 60) % 168]
  const mean = (hour?.perHour ?? 0) / 12
  const a = (hour?.perHour ?? 0) * ((hour?.weeks ?? 0) + 2)
  const kappa = heat.kappas.find(({ minutes }) => minutes === 5)?.kappa ?? 0
  expect(usual.mean[bar]).toBeCloseTo(mean, 9)
  const variance = heat.phi * mean + kappa * mean ** 2 + mean ** 2 / a
  expect(usual.high[bar]).toBe(quantile(0.95, { mean, variance }))
})

type Verdict = UsualNow['verdict']

/** What the chart has in the window of a verdict, which ends with the minute in progress or with the one before it. */
async function charted(app: TestApp, { endMinute, minutes }: Verdict, priorities: string[]) {
  const windows = [endMinute, endMinute - 1].map((end) => ({
    fromMs: startOfMinute(end - minutes),
    toMs: startOfMinute(end),
  }))
  const counted = windows.map(async (span) => {
    const { counts } = await app.call('counts.get', { ...span, bucketMinutes: 1, filter: { priorities } })
    return counts.flat().reduce((sum, count) => sum + count, 0)
  })
  return Promise.all(counted)
}

test('a storm is high at its next fetch, and the event says so with its tickets and since when', async () => {
  const { site, app } = await openWithHistory(4)
  const told: UsualNow[] = []
  app.hub.on('usual.changed', (now) => told.push(now))
  await app.start()
  await expect.poll(() => told.length, { timeout: 10_000 }).toBeGreaterThan(0)
  expect(told[0]?.learning).toBeNull()
  await addWatched(site, 30)
  // The made-up hour may have been high before, in a longer window of as many tickets: what is new is news of these.
  const before = told.length
  await app.call('sync.now', {})
  await expect.poll(() => told.length, { timeout: 10_000 }).toBeGreaterThan(before)
  const asked = async () => (await app.call('usual.get', { from: 'now-1h', to: 'now' })).verdict
  const isTold = async (): Promise<boolean> => isDeepStrictEqual(told.at(-1)?.verdict, await asked())
  await expect.poll(isTold, { timeout: 10_000 }).toBe(true)
  const verdict = await asked()
  expect(verdict).toMatchObject({ state: 'high', stateWithoutRuns: 'high', rehearsed: 0 })
  expect(verdict.tickets).toBeGreaterThanOrEqual(30)
  expect(verdict.onsetMinute).toBeLessThan(verdict.endMinute)
  expect(await charted(app, verdict, ['1', '2'])).toContain(verdict.tickets)
  const { verdict: ofHighest } = await app.call('usual.get', { from: 'now-1h', to: 'now', priority: '1' })
  expect(await charted(app, ofHighest, ['1'])).toContain(ofHighest.tickets)
})

test('too little history is learning, with what is missing; what is not watched is refused', async () => {
  const { app } = await openWithHistory(0)
  const usual = await app.call('usual.get', { from: 'now-1h', to: 'now' })
  expect(usual).toMatchObject({
    low: [],
    learning: { neededDays: 14, neededTickets: 50 },
    verdict: { state: 'learning', mean: null },
  })
  const heat = await app.call('usual.heat', {})
  expect(heat.hours.some(({ believed }) => believed)).toBe(false)
  await expect(app.call('usual.heat', { priority: '5' })).rejects.toMatchObject({ code: 'not-found' })
  const both = { project: 'TPM', priority: '1' }
  await expect(app.call('usual.heat', both)).rejects.toMatchObject({ code: 'usage' })
})

test('a span from before the last eight weeks is compared with the weeks before its end', async () => {
  const { app } = await openWithHistory(4)
  const now = minuteOf(Date.now())
  const fromMs = startOfMinute(now - 30 * 10_080)
  const old = await app.call('usual.get', { fromMs, toMs: fromMs + 3_600_000 })
  expect(old.learning).toMatchObject({ days: 0, daysLeft: null })
  expect(old.verdict.state).not.toBe('learning')
})
