import { beforeEach, expect, test } from 'vitest'
import { startOfMinute } from '../../src-shared/domain/minute.ts'
import { firstState, nextState, type AlertState } from '../../src-shared/domain/usual/alert.ts'
import {
  AT_LEAST_3,
  createTestInstance,
  fetchedUpTo,
  recorded,
  storeTickets,
} from '../../test-support/alerts/alerts.ts'
import { MINUTE, SITE } from '../../test-support/store/pages.ts'
import { newSlots, RUN } from '../../test-support/store/runs.ts'
import { ENGINE, storeForEach } from '../../test-support/store/store.ts'
import { createHandClock, type HandClock } from '../../test-support/sync/clock.ts'
import { NOTHING_LEARNED } from './evaluate.ts'

const opened = storeForEach()
let clock: HandClock
beforeEach(() => {
  clock = createHandClock(startOfMinute(MINUTE) + 10_000)
})

const now = (): number => Math.floor(clock.now() / 60_000)

async function open() {
  const { store } = opened()
  await store.addAlertRule(SITE, AT_LEAST_3)
  await fetchedUpTo(store, clock.now())
  const instance = createTestInstance(store, clock, 'a')
  await instance.holds()
  /** Lets a minute pass in which it is fetched. */
  const pass = async (count = 0): Promise<void> => {
    clock.jump(60_000)
    await storeTickets(store, now(), count)
    await fetchedUpTo(store, clock.now())
    await instance.evaluate()
  }
  const state = async (): Promise<AlertState | undefined> => (await store.alertBook(SITE)).states[0]?.state
  return { store, instance, pass, state }
}

test('the ticket that tips it is recorded with the evaluation that follows its commit, and said in numbers of the bars', async () => {
  const { store, instance, pass, state } = await open()
  await pass(2)
  expect((await state())?.phase).toBe('ok')
  clock.jump(60_000)
  await storeTickets(store, now(), 1)
  await instance.evaluate()
  expect(await recorded(store)).toEqual([`started ${now()}`])
  const [entry] = await store.alertHistory({ siteId: SITE, limit: 1 })
  const message = entry?.transitions[0]?.message
  expect(message).toMatchObject({
    title: 'Storm: alert',
    numbers: { tickets: 3, fromMinute: now() - 1, toMinute: now() + 1 },
  })
  expect(message?.sentences[0]).toMatch(/^3 High or Highest tickets since \d\d:\d\d \(2 min\)\.$/)
  expect(message?.sentences[1]).toBe('3 in 5 min: the rule says at least 3.')
  expect(message?.address).toContain('opened=')
})

test('nothing is written where nothing has changed', async () => {
  const { store, instance, pass } = await open()
  await pass(1)
  expect(await instance.writes()).toEqual([])
  const { states } = await store.alertBook(SITE)
  await pass(1)
  expect((await store.alertBook(SITE)).states).toEqual(states)
})

test('a restart keeps the state: nothing is told again, and the end is', async () => {
  const { store, pass } = await open()
  await pass(3)
  const next = createTestInstance(await opened().again(), clock, 'a')
  await next.evaluate()
  expect(await recorded(store)).toHaveLength(1)
  for (let minute = 0; minute < 20; minute++) {
    clock.jump(60_000)
    await fetchedUpTo(store, clock.now())
    await next.evaluate()
  }
  expect((await recorded(store)).map((one) => one.split(' ')[0])).toEqual(['started', 'resolved'])
})

test('who knows nothing says so: no fetch for two minutes, a refused log-in; an alert under way goes on', async () => {
  const { instance, pass, state, store } = await open()
  await pass(3)
  clock.jump(121_000)
  await instance.evaluate()
  expect(await state()).toMatchObject({ phase: 'unknown', alert: { resolvedMinute: null } })
  await pass(3)
  expect((await state())?.phase).toBe('alerting')
  instance.status.now = { ...instance.status.now, state: 'stopped' }
  await instance.evaluate()
  expect((await state())?.phase).toBe('unknown')
  expect(await recorded(store)).toHaveLength(1)
})

test('that nothing is fetched is an alarm of its own, also where nobody ever fetched', async () => {
  const { store, instance, pass } = await open()
  const quiet = {
    ...AT_LEAST_3,
    id: 'q',
    name: 'Quiet',
    condition: { kind: 'nothing-fetched' as const, minutes: 2 },
  }
  await store.addAlertRule(SITE, quiet)
  await pass()
  expect(await recorded(store)).toEqual([])
  clock.jump(180_000)
  await instance.evaluate()
  expect(await recorded(store)).toEqual([`started ${now()}`])
  const [entry] = await store.alertHistory({ siteId: SITE, limit: 1 })
  expect(entry?.transitions[0]?.message.sentences[0]).toBe(
    'Nothing was fetched from acme.atlassian.net for 3 min.',
  )
})

test('tickets of a run are no alarm but in a drill, whose message says so', async () => {
  const { store, instance } = await open()
  clock.jump(60_000)
  await storeTickets(store, now(), 5, true)
  await instance.evaluate()
  expect(await recorded(store)).toEqual([])
  const times = { stormMs: clock.now(), dueMs: clock.now(), untilMs: clock.now() + 600_000 }
  await store.addDrill(SITE, 0, { runId: 'run-1', ...times, rules: ['Storm'] })
  await instance.evaluate()
  expect(await recorded(store)).toEqual([`started ${now()}`])
  const [entry] = await store.alertHistory({ siteId: SITE, limit: 1 })
  expect(entry).toMatchObject({ rehearsal: 'run-1' })
  const message = entry?.transitions[0]?.message
  expect([message?.title, message?.sentences[0]]).toEqual([
    'REHEARSAL: Storm: alert',
    'REHEARSAL: this is a drill, with tickets of the run run-1.',
  ])
  clock.jump(600_000)
  await fetchedUpTo(store, clock.now())
  await instance.evaluate()
  expect((await recorded(store)).map((one) => one.split(' ')[0])).toEqual(['started', 'resolved'])
  const { states } = await store.alertBook(SITE)
  expect(states.map(({ runId }) => runId)).toEqual([''])
  await instance.evaluate()
  expect(await recorded(store)).toHaveLength(2)
})

test('a drill begins with a clean sheet: what came before it rings for real and for none of its rules', async () => {
  const { store, pass } = await open()
  await pass(5)
  await pass()
  expect(await recorded(store)).toHaveLength(1)
  const [startMs, endMs] = [clock.now(), clock.now() + 600_000]
  await store.createRun({ ...RUN, startMs, endMs }, newSlots(1))
  const drill = { stormMs: startMs, dueMs: endMs, untilMs: endMs, rules: ['Storm'] }
  await store.addDrill(SITE, startMs, { runId: RUN.runId, ...drill })
  await pass(2)
  expect(await recorded(store)).toHaveLength(1)
  await pass(1)
  const [rehearsed] = await store.alertHistory({ siteId: SITE, limit: 1 })
  expect(rehearsed?.rehearsal).toBe(RUN.runId)
  expect(rehearsed?.transitions[0]?.message.numbers).toMatchObject({ tickets: 3, fromMinute: now() - 1 })
})

test('what happens while a rule is silenced is recorded, not sent, and sent when that ends', async () => {
  const { store, instance, pass } = await open()
  await pass()
  const silence = { untilMinute: now() + 3 }
  await store.changeAlertStates(SITE, ['r'], (state) => ({ ...(state ?? firstState(now())), silence }))
  await pass(3)
  const sent = async (): Promise<unknown> =>
    (await store.alertHistory({ siteId: SITE, limit: 1 }))[0]?.transitions.map((one) => one.sent)
  expect(await sent()).toEqual([false])
  await pass(1)
  await pass(1)
  await instance.evaluate()
  expect(await sent()).toEqual([true])
})

/** Steps of a storm that comes and goes, and what is killed meanwhile. */
const STEPS = ENGINE === 'sqlite' ? 400 : 120

test('of two instances whose evaluations are killed before or after their commit, each transition is recorded once', async () => {
  const { store, again } = opened()
  await store.addAlertRule(SITE, AT_LEAST_3)
  const random = seeded(7)
  const stores = [store, await again()]
  const instances = stores.map((one, at) => createTestInstance(one, clock, `instance ${at}`))
  const counts: number[] = Array.from({ length: 89 }, () => 0)
  let model = firstState(now())
  const expected: string[] = []
  let kills = 0
  for (let step = 0; step < STEPS; step++) {
    clock.jump(60_000)
    const storms = Math.floor(step / 40) % 2 === 1
    const count = random() < (storms ? 0.7 : 0.05) ? Math.ceil(random() * (storms ? 3 : 1)) : 0
    await storeTickets(store, now(), count)
    await fetchedUpTo(store, clock.now())
    counts.push(count)
    const next = nextState(AT_LEAST_3.condition, model, {
      nowMinute: now(),
      recent: { endMinute: now() + 1, counts: counts.slice(-90) },
      settledTo: now(),
      sinceFetch: 0,
      isKnown: true,
      baseline: NOTHING_LEARNED,
      newAlertId: String(step),
    })
    model = next.state
    expected.push(...next.transitions.map(({ kind, minute }) => `${kind} ${minute}`))
    // Some are killed between evaluation and commit, some right after it; rivals write at the same moment.
    const holder = instances[random() < 0.5 ? 0 : 1]
    if (random() < 0.3) await instances[0]?.writes().then(() => (kills += 1))
    await store.dropLease(SITE, 'alerts', 'instance 0')
    await store.dropLease(SITE, 'alerts', 'instance 1')
    await holder?.holds()
    await Promise.all(instances.map((one) => one.evaluate()))
    if (random() < 0.3) await Promise.all(instances.map((one) => one.evaluate())).then(() => (kills += 1))
  }
  expect(await recorded(store)).toEqual(expected)
  expect(expected.length).toBeGreaterThan(STEPS / 50)
  expect(kills).toBeGreaterThan(STEPS / 4)
})

function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
    return state / 4_294_967_296
  }
}
