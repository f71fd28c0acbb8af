import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { TimeSpan } from '../../src-shared/domain/known-spans.ts'
import { MINUTES_PER_DAY, MS_PER_MINUTE, startOfMinute } from '../../src-shared/domain/minute.ts'
import { steadyClock } from '../../src-shared/domain/site-clock.ts'
import { bandOf, makeBaseline, type Baseline } from '../../src-shared/domain/usual/baseline.ts'
import { verdictOf } from '../../src-shared/domain/usual/verdict.ts'
import { RECENT_MINUTES } from '../../src-shared/domain/usual/windows.ts'
import { MINUTE, page, ticket, WATCHED } from '../../test-support/store/pages.ts'
import { ENGINE, storeForEach, type OpenStore } from '../../test-support/store/store.ts'
import type { GivenTicket } from '../store/fields/stored-fields.ts'
import type { TicketSource } from '../store/store.ts'
import { createUsual, type UsualScope } from './usual.ts'

const opened = storeForEach()

const ZONE = 'Europe/Berlin'
const WEEK = 7 * MINUTES_PER_DAY
/** In an hour, so that the last hours of the history are those of plain days. */
const NOW = MINUTE + 3
const FROM = Math.floor((NOW - 9 * WEEK) / 5) * 5
const SCOPES: readonly UsualScope[] = [{}, { priority: '1' }, { project: 'OPS' }]
const RUNS = ENGINE === 'sqlite' ? 25 : 8

interface World {
  incidents: readonly TimeSpan[]
  readonly unknown: TimeSpan
  nowMinute: number
}

function usualOver({ store }: OpenStore, siteId: string, world: World) {
  return createUsual({
    store,
    siteId,
    scope: WATCHED,
    scopeName: 'all',
    time: { now: () => startOfMinute(world.nowMinute) + 30_000, current: () => steadyClock(0) },
    clock: { now: () => startOfMinute(world.nowMinute) + 30_000 },
    zone: async () => ZONE,
    incidents: async () => world.incidents,
  })
}

/** When a ticket was created, in minutes before now: of eight weeks, many of the last hour, and a few from before. */
function minutesBack(id: number): number {
  if (isOld(id)) return 8 * WEEK + 240 + ((id * 7_919) % (WEEK / 2))
  return id % 3 === 0 ? id % 71 : (id * 7_919) % (8 * WEEK)
}

function isOld(id: number | string): boolean {
  return Number(id) % 40 === 0
}

const anyTicket: fc.Arbitrary<GivenTicket> = fc
  .record({
    id: fc.integer({ min: 1, max: 300 }),
    priorityId: fc.constantFrom('1', '2', '3'),
    projectKey: fc.constantFrom('TPM', 'OPS'),
    rehearsed: fc.constantFrom(true, false, undefined),
    version: fc.integer({ min: 0, max: 9 }),
  })
  .map(({ id, version, rehearsed, ...given }) => ({
    ...ticket(String(id), { createdMs: startOfMinute(NOW - minutesBack(id)), ...(!isOld(id) && given) }),
    ...(rehearsed !== undefined && !isOld(id) && { rehearsed }),
    updatedMs: startOfMinute(NOW) + version,
  }))

const anyStep = fc.record({
  tickets: fc.array(anyTicket, { minLength: 1, maxLength: 150 }),
  source: fc.constantFrom<TicketSource>('jira', 'jira', 'jira', 'import'),
  gone: fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 5 }),
  minutes: fc.constantFrom(0, 0, 1, 70),
  incident: fc.option(fc.integer({ min: 1, max: 8 * WEEK })),
})

test('whatever is committed: baseline, band and verdict of each scope are those of plain SQL over the tickets', async () => {
  let sites = 0
  const holds = fc.asyncProperty(fc.array(anyStep, { minLength: 3, maxLength: 6 }), async (steps) => {
    const siteId = `site-${++sites}`
    const { store } = opened()
    const unknown = { fromMs: startOfMinute(NOW - 5 * WEEK), toMs: startOfMinute(NOW - 5 * WEEK + 300) }
    const world: World = { incidents: [], unknown, nowMinute: NOW }
    const knownMs = startOfMinute(NOW + 1_000)
    await store.planFirstFetch(siteId, 'all', {
      watermarkMs: knownMs,
      total: 1,
      epoch: await store.epoch(siteId),
      pieces: [unknown],
    })
    const usual = usualOver(opened(), siteId, world)
    for (const { tickets, source, gone, minutes, incident } of steps) {
      world.nowMinute += minutes
      if (incident !== null)
        world.incidents = [
          { fromMs: startOfMinute(NOW - incident), toMs: startOfMinute(NOW - incident + 90) },
        ]
      const removals = gone
        .filter((id) => !isOld(id))
        .map((id) => ({
          id: String(id),
          reason: 'deleted' as const,
          atMs: startOfMinute(NOW),
        }))
      await store.applyPage({
        ...page(
          tickets.filter(({ id }) => source === 'jira' || !isOld(id)),
          { source },
        ),
        siteId,
        removals: source === 'jira' ? removals : [],
      })
      for (const scope of SCOPES) {
        const baseline = await usual.of(scope, world.nowMinute)
        const expected = await plainBaseline(opened(), siteId, scope, world)
        expect(shown(baseline)).toEqual(shown(expected))
        expect(bandOf(baseline, world.nowMinute - 60, 60)).toEqual(bandOf(expected, world.nowMinute - 60, 60))
        const read = (await usual.now(scope)).recent
        for (const which of ['charted', 'real'] as const) {
          const recent = read[which]
          const plain = await plainRecent(opened(), siteId, scope, { world, which })
          expect(recent.counts).toEqual(plain)
          const counted = { endMinute: world.nowMinute + 1, counts: plain }
          expect(verdictOf(baseline, recent)).toEqual(verdictOf(expected, counted))
        }
      }
    }
  })
  await expect(fc.assert(holds, { numRuns: RUNS })).resolves.toBeUndefined()
}, 180_000)

function shown({ cells, days, tickets, isLearning, learnedTo, spread }: Baseline) {
  return { cells, days, tickets, isLearning, learnedTo, phi: spread.phi, kappa: spread.kappaOf(60) }
}

function ofScope(siteId: string, { project, priority }: UsualScope): string {
  const priorities = priority === undefined ? `'1', '2'` : `'${priority}'`
  const also = project === undefined ? '' : ` AND project_key = '${project}'`
  return `site_id = '${siteId}' AND left_ms IS NULL AND priority_id IN (${priorities})${also}`
}

async function plainBaseline(
  { rows }: OpenStore,
  siteId: string,
  scope: UsualScope,
  world: World,
): Promise<Baseline> {
  const where = ofScope(siteId, scope)
  const first = Math.floor((world.nowMinute - 9 * WEEK) / 5)
  const counts = Array.from<number | null>({ length: (9 * WEEK) / 5 + 2 }).fill(0)
  const learned = await rows(
    `SELECT created_ms / 300000 AS cell, COUNT(*) AS n FROM tickets
     WHERE ${where} AND source = 'jira' AND COALESCE(rehearsed, 0) = 0 GROUP BY 1`,
  )
  for (const { cell, n } of learned) counts[Number(cell) - first] = Number(n)
  const learnedFrom = (Math.floor(world.nowMinute / 60) - 1) * 60 - 8 * WEEK
  const [{ earlier } = { earlier: 0 }] = await rows(
    `SELECT COUNT(*) AS earlier FROM tickets WHERE ${where} AND created_ms < ${startOfMinute(learnedFrom)}
       AND source = 'jira' AND COALESCE(rehearsed, 0) = 0`,
  )
  if (Number(earlier) === 0) {
    const begin = counts.findIndex((count) => count !== 0)
    counts.fill(null, 0, begin === -1 ? counts.length : begin)
  }
  const imported = await rows(
    `SELECT DISTINCT created_ms / 86400000 AS day FROM tickets WHERE ${where} AND source <> 'jira'`,
  )
  for (const { day } of imported) {
    const from = Number(day) * 288 - first
    counts.fill(null, Math.max(0, from), Math.max(0, from + 288))
  }
  for (const { fromMs, toMs } of [world.unknown, ...world.incidents])
    counts.fill(null, Math.floor(fromMs / 300_000) - first, Math.ceil(toMs / 300_000) - first)
  return makeBaseline({ startMinute: first * 5, stepMinutes: 5, counts }, ZONE, world.nowMinute)
}

async function plainRecent(
  { rows }: OpenStore,
  siteId: string,
  scope: UsualScope,
  { world, which }: { readonly world: World; readonly which: 'charted' | 'real' },
): Promise<number[]> {
  const fromMinute = world.nowMinute + 1 - RECENT_MINUTES
  const wanted =
    which === 'real' ? `source = 'jira' AND COALESCE(rehearsed, 0) = 0` : `(source = 'jira' OR rehearsed = 1)`
  const found = await rows(
    `SELECT created_ms / ${MS_PER_MINUTE} AS minute, COUNT(*) AS n FROM tickets
     WHERE ${ofScope(siteId, scope)} AND ${wanted} AND created_ms >= ${startOfMinute(fromMinute)} GROUP BY 1`,
  )
  const counts = Array.from<number>({ length: RECENT_MINUTES }).fill(0)
  for (const { minute, n } of found)
    if (Number(minute) <= world.nowMinute) counts[Number(minute) - fromMinute] = Number(n)
  return counts
}

test('after the last fetch nothing is known, and nothing is called usual', async () => {
  const { store } = opened()
  const world: World = { incidents: [], unknown: { fromMs: 0, toMs: 0 }, nowMinute: NOW }
  await store.setKnown('site-a', 'all', {
    knownMs: startOfMinute(NOW - 10),
    epoch: await store.epoch('site-a'),
  })
  const usual = usualOver(opened(), 'site-a', world)
  const { baseline, recent } = await usual.now({})
  const { counts } = recent.real
  expect(counts.slice(-12)).toEqual([0, ...Array.from({ length: 11 }, () => null)])
  expect(verdictOf(baseline, { endMinute: NOW + 1, counts }).state).toBe('unknown')
})

test('a history that could not be read is read at the next call, and one from further back takes its place', async () => {
  const { store } = opened()
  await store.applyPage(page([ticket('1', { createdMs: startOfMinute(FROM) })]))
  await store.setKnown('site-a', 'all', { knownMs: startOfMinute(NOW), epoch: await store.epoch('site-a') })
  const world: World = { incidents: [], unknown: { fromMs: 0, toMs: 0 }, nowMinute: NOW }
  let isAway = true
  const flaky: OpenStore['store'] = {
    ...store,
    usualHistory: async (...asked) => {
      if (isAway) throw new Error('away')
      return store.usualHistory(...asked)
    },
  }
  const usual = usualOver({ ...opened(), store: flaky }, 'site-a', world)
  await expect(usual.of({}, NOW)).rejects.toThrow('away')
  isAway = false
  expect((await usual.of({}, NOW)).tickets).toBe(0)
  expect((await usual.of({}, NOW - 4 * WEEK)).tickets).toBe(1)
})
