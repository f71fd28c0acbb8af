import { beforeEach, expect, test } from 'vitest'
import type { AlertMessage, AlertRule } from '../../../src-shared/contract/alerts/alerts.ts'
import { firstState, type AlertState } from '../../../src-shared/domain/usual/alert.ts'
import { SITE } from '../../../test-support/store/pages.ts'
import { storeForEach } from '../../../test-support/store/store.ts'
import type { WrittenAlert } from './history.ts'
import type { AlertWrite } from './states.ts'

const opened = storeForEach()
const ME = 'me'
const RULE: AlertRule = {
  id: 'r',
  name: 'Storm',
  scope: {},
  condition: { kind: 'at-least', tickets: 8, minutes: 5 },
  on: true,
  revision: 'r-1',
  createdMs: 1,
}

beforeEach(async () => {
  const { store } = opened()
  await store.addAlertRule(SITE, RULE)
  await store.takeLease(SITE, 'alerts', ME, 60_000)
})

function message(alertId: string, key: string, atMs: number): AlertMessage {
  const { id, name, scope, condition } = RULE
  const numbers = {
    tickets: 9,
    fromMinute: 1,
    toMinute: 3,
    usual: 1.5,
    seldomOver: 4,
    peak: 9,
    onsetMs: 60_000,
  }
  const about = { site: 'acme', title: 'Storm: alert', sentences: ['“9” tickets'], address: 'from=now' }
  const transition = key.split('-')[0] as AlertMessage['transition']
  return {
    alertId,
    key,
    transition,
    atMs,
    rule: { id, name, scope, condition },
    ...about,
    numbers,
    rehearsal: null,
  }
}

function alert(
  id: string,
  startedMs: number,
  transitions: WrittenAlert['transitions'],
  parts = {},
): WrittenAlert {
  const { name, scope, condition } = RULE
  const rule = { id: 'r', name, scope, condition }
  const times = { startedMs, onsetMs: startedMs, peak: 9, resolvedMs: null }
  return { id, rule, ...times, rehearsal: null, transitions, ...parts }
}

function started(id: string, atMs: number, sent = true): WrittenAlert {
  return alert(id, atMs, [{ message: message(id, 'started', atMs), sent }])
}

function write(seen: number, parts: Partial<AlertWrite> = {}): AlertWrite {
  return { rule: RULE, runId: '', seen, state: firstState(seen), alert: null, ...parts }
}

const history = () => opened().store.alertHistory({ siteId: SITE, limit: 100 })

test('a state is written with its history, and is what is read', async () => {
  const { store, again } = opened()
  const state: AlertState = { ...firstState(7), phase: 'alerting', silence: { untilMinute: null } }
  expect(await store.recordAlerts(SITE, ME, [write(0, { state, alert: started('a', 1_000) })])).toBe(true)
  const book = await (await again()).alertBook(SITE)
  expect(book).toEqual({ rules: [RULE], states: [{ ruleId: 'r', runId: '', version: 1, state }], drills: [] })
  expect(await history()).toEqual([
    {
      ...started('a', 1_000),
      transitions: [
        { kind: 'started', atMs: 1_000, sent: true, message: message('a', 'started', 1_000), sendings: [] },
      ],
    },
  ])
})

test('of two that follow the same state, one is written, with its history', async () => {
  const { store, again } = opened()
  const other = await again()
  const written = await Promise.all([
    store.recordAlerts(SITE, ME, [write(0, { alert: started('a', 1_000) })]),
    other.recordAlerts(SITE, ME, [write(0, { alert: started('b', 1_000) })]),
  ])
  expect(written.toSorted()).toEqual([false, true])
  expect(await history()).toHaveLength(1)
  expect(await store.recordAlerts(SITE, ME, [write(2, { alert: started('c', 2_000) })])).toBe(false)
  expect(await history()).toHaveLength(1)
})

test('who does not hold the lease, or no longer, writes nothing', async () => {
  const { store, rows } = opened()
  expect(await store.recordAlerts(SITE, 'another', [write(0, { alert: started('a', 1_000) })])).toBe(false)
  await rows(`UPDATE leases SET expires_ms = 1 WHERE name = 'alerts'`)
  expect(await store.recordAlerts(SITE, ME, [write(0, { alert: started('a', 1_000) })])).toBe(false)
  expect(await store.takeLease(SITE, 'alerts', 'another', 60_000)).toBe(true)
  expect(await store.recordAlerts(SITE, ME, [write(0, { alert: started('a', 1_000) })])).toBe(false)
  expect([await history(), (await store.alertBook(SITE)).states]).toEqual([[], []])
})

test.each([
  ['changed', (rule: AlertRule) => ({ ...rule, revision: 'r-2' })],
  ['switched off', (rule: AlertRule) => ({ ...rule, on: false, revision: 'r-2' })],
])('of a rule that was %s meanwhile nothing is written', async (_name, change) => {
  const { store } = opened()
  await store.changeAlertRule(SITE, change(RULE), 'r-1', () => null)
  expect(await store.recordAlerts(SITE, ME, [write(0, { alert: started('a', 1_000) })])).toBe(false)
  expect(await history()).toEqual([])
})

test('of several rules those are written that are still the same', async () => {
  const { store } = opened()
  const [b, c] = ['b', 'c'].map((id) => ({ ...RULE, id, name: id }))
  for (const rule of [b, c]) if (rule !== undefined) await store.addAlertRule(SITE, rule)
  await store.removeAlertRule(SITE, 'b', 'r-1', () => null)
  const writes = [c, b, RULE].flatMap((rule) => (rule === undefined ? [] : [write(0, { rule })]))
  expect(await store.recordAlerts(SITE, ME, writes)).toBe(false)
  expect((await store.alertBook(SITE)).states.map(({ ruleId }) => ruleId).toSorted()).toEqual(['c', 'r'])
})

test('an alert goes on: its peak rises, it doubles, it ends, each once', async () => {
  const { store } = opened()
  const doubled = { message: message('a', 'doubled', 2_000), sent: true }
  const resolved = { message: message('a', 'resolved', 3_000), sent: true }
  await store.recordAlerts(SITE, ME, [write(0, { alert: started('a', 1_000) })])
  await store.recordAlerts(SITE, ME, [write(1, { alert: alert('a', 1_000, [doubled], { peak: 30 }) })])
  await store.recordAlerts(SITE, ME, [
    write(2, { alert: alert('a', 1_000, [resolved], { peak: 31, resolvedMs: 3_000 }) }),
  ])
  const [entry] = await history()
  expect(entry).toMatchObject({ peak: 31, resolvedMs: 3_000 })
  expect(entry?.transitions.map(({ kind }) => kind)).toEqual(['started', 'doubled', 'resolved'])
})

test('one that was not sent since the rule was silenced is sent when it is no longer, and is there once', async () => {
  const { store } = opened()
  await store.recordAlerts(SITE, ME, [write(0, { alert: started('a', 1_000, false) })])
  expect((await history())[0]?.transitions).toMatchObject([{ sent: false, atMs: 1_000 }])
  const later = { message: message('a', 'started', 9_000), sent: true }
  await store.recordAlerts(SITE, ME, [write(1, { alert: alert('a', 1_000, [later]) })])
  expect((await history())[0]?.transitions).toMatchObject([{ sent: true, atMs: 9_000 }])
})

test('a silence is put into the state, also of a rule that was never evaluated; what was evaluated before is not written', async () => {
  const { store } = opened()
  const silence = { untilMinute: 9 }
  await store.changeAlertStates(SITE, ['r'], (state) => ({ ...(state ?? firstState(3)), silence }))
  expect(await store.recordAlerts(SITE, ME, [write(0, { alert: started('a', 1_000) })])).toBe(false)
  const { states } = await store.alertBook(SITE)
  expect(states).toMatchObject([{ version: 1, state: { sinceMinute: 3, silence } }])
  expect(await store.recordAlerts(SITE, ME, [write(1)])).toBe(true)
  await expect(store.changeAlertStates(SITE, ['none'], () => firstState(1))).rejects.toMatchObject({
    code: 'not-found',
  })
})

test('with its rule an alert under way ends, and the rule begins anew; the history stays', async () => {
  const { store } = opened()
  await store.recordAlerts(SITE, ME, [write(0, { alert: started('a', 1_000) })])
  const resolved = alert('a', 1_000, [{ message: message('a', 'resolved', 2_000), sent: true }], {
    resolvedMs: 2_000,
  })
  await store.changeAlertRule(SITE, { ...RULE, on: false, revision: 'r-2' }, 'r-1', ({ version }) =>
    version === 1 ? resolved : null,
  )
  expect((await store.alertBook(SITE)).states).toEqual([])
  expect(await store.removeAlertRule(SITE, 'r', 'r-2', () => null)).toBe(true)
  expect(await history()).toMatchObject([{ resolvedMs: 2_000, rule: { name: 'Storm' } }])
})

test('the history comes in pages, the latest first, of all rules or of one', async () => {
  const { store } = opened()
  const ids = ['a', 'b', 'c', 'd']
  for (const [n, id] of ids.entries())
    await store.recordAlerts(SITE, ME, [write(n, { alert: started(id, n < 2 ? 1_000 : 2_000) })])
  const listed: string[] = []
  let before: { startedMs: number; id: string } | undefined
  for (let page = 0; page < 4; page++) {
    const [entry] = await store.alertHistory({ siteId: SITE, limit: 1, before })
    if (entry !== undefined) listed.push(entry.id)
    before = entry
  }
  expect(listed).toEqual(['d', 'c', 'b', 'a'])
  expect(await store.alertHistory({ siteId: SITE, limit: 9, ruleId: 'r' })).toHaveLength(4)
  expect(await store.alertHistory({ siteId: SITE, limit: 9, ruleId: 'other' })).toEqual([])
  expect(await store.alertHistory({ siteId: 'site-b', limit: 9 })).toEqual([])
})
