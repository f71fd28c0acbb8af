import { expect, test } from 'vitest'
import { MINUTES_PER_DAY, startOfMinute } from '../../src-shared/domain/minute.ts'
import { AT_LEAST_3, createTestInstance, fetchedUpTo, recorded } from '../../test-support/alerts/alerts.ts'
import { MINUTE, page, SITE, ticket } from '../../test-support/store/pages.ts'
import { storeForEach } from '../../test-support/store/store.ts'
import { createHandClock } from '../../test-support/sync/clock.ts'
import { listAlerts } from './listed.ts'

const opened = storeForEach()
const WEEKS = 3
const EVERY = 15

function one(name: string, minute: number) {
  return ticket(name, { createdMs: startOfMinute(minute) })
}

test('what rings for a day is over as the new level, which the rule is compared with: it says so, and rings no more', async () => {
  const { store } = opened()
  const clock = createHandClock(startOfMinute(MINUTE))
  await store.addAlertRule(SITE, { ...AT_LEAST_3, condition: { kind: 'above-usual', often: 'month' } })
  const learned = Array.from({ length: (WEEKS * 7 * MINUTES_PER_DAY) / 10 }, (_, n) =>
    one(`l${n}`, MINUTE - 10 * (n + 1)),
  )
  await store.applyPage(page(learned))
  await fetchedUpTo(store, clock.now())
  const instance = createTestInstance(store, clock, 'a')
  await instance.holds()
  for (let minute = MINUTE; minute < MINUTE + 28 * 60; minute += EVERY) {
    await store.applyPage(page(Array.from({ length: EVERY }, (_, n) => one(`n${minute + n}`, minute + n))))
    clock.jump(EVERY * 60_000)
    await fetchedUpTo(store, clock.now())
    await instance.holds()
    await instance.evaluate()
  }
  expect((await recorded(store)).map((said) => said.split(' ')[0])).toEqual(['started', 'resolved'])
  const [alert] = await store.alertHistory({ siteId: SITE, limit: 1 })
  expect(alert?.transitions.at(-1)?.message.sentences[0]).toMatch(
    /^This is the new level: it was so for 24 h, and what comes is compared with it from now on\. 14\d\d High or Highest tickets from /,
  )
  const session = { site: { id: SITE } }
  const [rule] = (await listAlerts({ store, session, isFallback: false })).rules
  expect(rule?.standing).toMatchObject({
    phase: 'ok',
    why: expect.stringMatching(/new level, \d+\.\d times/),
  })
  // A drill whose storm is still to come is compared with it, too.
  const times = { stormMs: clock.now(), dueMs: clock.now(), untilMs: clock.now() + 600_000 }
  await store.addDrill(SITE, 0, { runId: 'run-1', ...times, rules: ['Storm'] })
  await instance.evaluate()
  expect(await recorded(store)).toHaveLength(2)
  const levels = (await store.alertBook(SITE)).states.map(({ state }) => state.level?.factor)
  expect(levels).toHaveLength(2)
  for (const factor of levels) expect(factor).toBeGreaterThan(3)
})

test('whether anything is fetched is seen without what is usual', async () => {
  const { store } = opened()
  const clock = createHandClock(startOfMinute(MINUTE))
  await store.addAlertRule(SITE, { ...AT_LEAST_3, condition: { kind: 'nothing-fetched', minutes: 2 } })
  await fetchedUpTo(store, clock.now() - 300_000)
  const blind = { ...store, usualHistory: () => Promise.reject(new Error('not to be read')) }
  const [write] = await createTestInstance(blind, clock, 'a').writes()
  expect(write?.state?.phase).toBe('alerting')
  expect(write?.alert?.transitions[0]?.message.numbers.usual).toBeNull()
})
