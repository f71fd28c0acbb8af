import { beforeEach, expect, test } from 'vitest'
import { MINUTES_PER_DAY, startOfMinute } from '../../src-shared/domain/minute.ts'
import { AT_LEAST_3, createTestInstance, fetchedUpTo, recorded } from '../../test-support/alerts/alerts.ts'
import { MINUTE, page, SITE, ticket } from '../../test-support/store/pages.ts'
import { storeForEach } from '../../test-support/store/store.ts'
import { createHandClock, type HandClock } from '../../test-support/sync/clock.ts'
import type { Store } from '../store/store.ts'

const opened = storeForEach()
const WEEK = 7 * MINUTES_PER_DAY
const RULE = { ...AT_LEAST_3, condition: { kind: 'at-least' as const, tickets: 6, minutes: 5 } }
const HIGHEST = { ...RULE, id: 'p', name: 'Highest only', scope: { priority: '1' } }
let clock: HandClock
beforeEach(() => {
  clock = createHandClock(startOfMinute(MINUTE) + 10_000)
})

/** Eight weeks in which one in ten is of Checkout and each has a reporter of its own; then a storm of Checkout by two people. */
async function storm(store: Store, { of = 8, rehearsed = false } = {}): Promise<void> {
  const made = (week: number, n: number, checkout: boolean, reporterId: string) =>
    ticket(`${week}-${rehearsed}-${n}`, {
      createdMs: startOfMinute(MINUTE - week * WEEK),
      components: [checkout ? 'Checkout' : `C${n}`],
      reporterId,
      rehearsed: week === 0 && rehearsed,
    })
  const earlier = Array.from({ length: 80 }, (_, n) => made(1 + (n % 8), n, n < 8, `p${n}`))
  const now = Array.from({ length: of }, (_, n) => made(0, n, true, `p${n % 2}`))
  await store.applyPage(page([...earlier, ...now]))
  await fetchedUpTo(store, clock.now())
}

const sentences = async (store: Store, at = 0): Promise<readonly string[] | undefined> =>
  (await store.alertHistory({ siteId: SITE, limit: 9 }))[at]?.transitions.at(-1)?.message.sentences

test('an alert that begins, and one that doubles, say what differs and how many people reported it', async () => {
  const { store } = opened()
  await store.addAlertRule(SITE, RULE)
  await storm(store)
  const instance = createTestInstance(store, clock, 'a')
  await instance.holds()
  await instance.evaluate()
  expect((await sentences(store))?.slice(-3)).toEqual([
    expect.stringMatching(/^Component Checkout: 8 of them \(100 %\), usually 1[0-2] %\.$/),
    '2 people reported them; usual are 10.0.',
    'Times are of Europe/Berlin.',
  ])
  clock.jump(360_000)
  const more = Array.from({ length: 20 }, (_, n) =>
    ticket(`more-${n}`, { createdMs: clock.now(), components: ['Checkout'], reporterId: 'p9' }),
  )
  await store.applyPage(page(more))
  await fetchedUpTo(store, clock.now())
  await instance.evaluate()
  expect(await recorded(store)).toEqual([`started ${MINUTE}`, `doubled ${MINUTE + 6}`])
  expect((await sentences(store))?.join(' ')).toMatch(
    /Component Checkout: 28 of them .* 3 people reported them/,
  )
  clock.jump(3_600_000)
  await fetchedUpTo(store, clock.now())
  await instance.evaluate()
  await instance.evaluate()
  expect(await recorded(store)).toHaveLength(3)
  expect((await sentences(store))?.join(' ')).not.toMatch(/Checkout|reported/)
})

test('tickets of runs differ in a drill alone, and of a silent or unfetched site nothing does', async () => {
  const { store } = opened()
  await store.addAlertRule(SITE, RULE)
  await store.addAlertRule(SITE, {
    ...RULE,
    id: 'f',
    name: 'Old',
    condition: { kind: 'nothing-fetched', minutes: 1 },
  })
  await storm(store, { rehearsed: true })
  const times = { stormMs: clock.now(), dueMs: clock.now(), untilMs: clock.now() + 600_000 }
  await store.addDrill(SITE, 0, { runId: 'run-1', ...times, rules: ['Storm'] })
  const instance = createTestInstance(store, clock, 'a')
  await instance.holds()
  await instance.evaluate()
  expect(await recorded(store)).toEqual([`started ${MINUTE}`])
  expect((await sentences(store))?.join(' ')).toContain('Component Checkout: 8 of them')
  // Six of people beside them: those of the run are none of their alert's.
  const real = Array.from({ length: 6 }, (_, n) =>
    ticket(`r${n}`, {
      createdMs: clock.now(),
      components: [`C${n}`],
      reporterId: `q${n}`,
      rehearsed: false,
    }),
  )
  await store.applyPage(page(real))
  await instance.evaluate()
  const found = await store.alertHistory({ siteId: SITE, limit: 9 })
  const ofPeople = found.find(({ rehearsal }) => rehearsal === null)?.transitions[0]?.message.sentences ?? []
  expect(ofPeople.join(' ')).toContain('6 people reported them')
  expect(ofPeople.join(' ')).not.toContain('Checkout')
  clock.jump(90_000)
  await instance.evaluate()
  const alerts = await store.alertHistory({ siteId: SITE, limit: 9 })
  // A drill rehearses storms alone: that nothing is fetched is real.
  const [unfetched, ...others] = alerts.filter(({ rule }) => rule.id === 'f')
  expect([unfetched?.rehearsal, others]).toEqual([null, []])
  expect(unfetched?.transitions[0]?.message.sentences).toEqual([
    'Nothing was fetched from acme.atlassian.net for 1 min.',
    'What came meanwhile is not counted, and what is above the usual cannot be seen.',
    'Times are of Europe/Berlin.',
  ])
})

test('where what differs cannot be read, or takes too long, alerts are recorded without it', async () => {
  const { store } = opened()
  await store.addAlertRule(SITE, RULE)
  await storm(store)
  const lame = { ...store, splitCells: () => Promise.reject(new Error('the counts by field are gone')) }
  const [alert] = await createTestInstance(lame, clock, 'a').writes()
  expect(alert?.alert?.transitions[0]?.message.sentences.join(' ')).not.toMatch(/Checkout|reported/)

  await store.addAlertRule(SITE, HIGHEST)
  await store.applyPage(
    page(Array.from({ length: 6 }, (_, n) => ticket(`h${n}`, { createdMs: clock.now(), priorityId: '1' }))),
  )
  let asked = 0
  const hangs: Store = {
    ...store,
    splitCells: () => {
      asked += 1
      queueMicrotask(() => clock.jump(1_000))
      return new Promise<never>(() => {})
    },
  }
  const writes = await createTestInstance(hangs, clock, 'a').writes()
  expect(writes.map(({ alert: one }) => one?.transitions.map(({ message }) => message.transition))).toEqual([
    ['started'],
    ['started'],
  ])
  // The second one waits for nothing more.
  expect(asked).toBeLessThanOrEqual(2)
})
