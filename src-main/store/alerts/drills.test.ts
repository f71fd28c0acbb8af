import { beforeEach, expect, test } from 'vitest'
import type { AlertCondition } from '../../../src-shared/domain/usual/condition.ts'
import { firstState } from '../../../src-shared/domain/usual/alert.ts'
import { SITE } from '../../../test-support/store/pages.ts'
import { storeForEach } from '../../../test-support/store/store.ts'

const opened = storeForEach()
const ME = 'me'
const DRILL = { runId: 'run', untilMs: 9_000_000, stormMs: 600_000, dueMs: 900_000, rules: ['“Ü”', 'b'] }

beforeEach(async () => {
  await opened().store.takeLease(SITE, 'alerts', ME, 60_000)
})

/** Has a rule ring in a run, or (null) because of real tickets. */
async function ring(id: string, rehearsal: string | null, startedMs: number, condition: AlertCondition) {
  const { store } = opened()
  const rule = { id, name: `rule ${id}`, scope: {}, condition, on: true, revision: id, createdMs: 1 }
  await store.addAlertRule(SITE, rule)
  const times = { startedMs, onsetMs: startedMs, peak: 9, resolvedMs: null }
  const alert = { id, rule, ...times, rehearsal, transitions: [] }
  const write = { rule, runId: rehearsal ?? '', seen: 0, state: firstState(1), alert }
  expect(await store.recordAlerts(SITE, ME, [write])).toBe(true)
}

test('a drill is there for every instance, with the alarms that came in it for many tickets', async () => {
  const { store, again } = opened()
  await store.addDrill(SITE, 0, DRILL)
  await ring('a', 'run', 720_000, { kind: 'at-least', tickets: 8, minutes: 5 })
  await ring('b', 'run', 660_000, { kind: 'above-usual', often: 'month' })
  await ring('c', 'run', 640_000, { kind: 'nothing-fetched', minutes: 5 })
  await ring('d', 'other', 630_000, { kind: 'at-least', tickets: 8, minutes: 5 })
  await ring('e', null, 620_000, { kind: 'at-least', tickets: 8, minutes: 5 })
  expect(await (await again()).drill(SITE, 'run')).toEqual({
    drill: DRILL,
    alarms: [
      { rule: 'rule b', startedMs: 660_000 },
      { rule: 'rule a', startedMs: 720_000 },
    ],
  })
  expect((await store.alertBook(SITE)).drills).toEqual([{ runId: 'run', startMs: 0, untilMs: 9_000_000 }])
})

test('a run that is no drill has none, nor has that of another site', async () => {
  const { store } = opened()
  await store.addDrill(SITE, 0, DRILL)
  expect([await store.drill(SITE, 'other'), await store.drill('site-b', 'run')]).toEqual([null, null])
})

test('with the begin of another one a drill is over', async () => {
  const { store } = opened()
  await store.addDrill(SITE, 0, DRILL)
  await store.addDrill(SITE, 700_000, { ...DRILL, runId: 'next' })
  const { drills } = await store.alertBook(SITE)
  expect(drills.toSorted((a, b) => a.untilMs - b.untilMs)).toEqual([
    { runId: 'run', startMs: 0, untilMs: 700_000 },
    { runId: 'next', startMs: 0, untilMs: 9_000_000 },
  ])
})
