import { pino } from 'pino'
import { expect, test } from 'vitest'
import type { AlertRule } from '../../src-shared/contract/alerts/alerts.ts'
import { startOfMinute } from '../../src-shared/domain/minute.ts'
import type { AlertState } from '../../src-shared/domain/usual/alert.ts'
import { fetchedUpTo } from '../../test-support/alerts/alerts.ts'
import { MINUTE, page, ticket } from '../../test-support/store/pages.ts'
import { openTestStore } from '../../test-support/store/store.ts'
import { createHandClock } from '../../test-support/sync/clock.ts'
import { createSiteTime } from '../runtime/clock.ts'
import { createUsual } from '../usual/usual.ts'
import { createRuleHandlers } from './rules.ts'
import { endAlert } from './end-alert.ts'

const SITE_ID = 'site-a'
const NOW_MS = startOfMinute(MINUTE + 10)
const FIVE = { kind: 'at-least', tickets: 8, minutes: 5 } as const

const syncStatus = () => ({ state: 'idle' as const, failure: null, lastSuccessMs: null, indexLagMs: null })

async function open({ isFallback = false, projectKey = null as string | null } = {}) {
  const store = await openTestStore()
  const clock = createHandClock(NOW_MS)
  const time = createSiteTime(clock)
  const session = {
    version: '1',
    site: { id: SITE_ID, kind: 'cloud' as const, label: 'acme.atlassian.net', browseUrl: null },
    projectKey,
    store: { kind: 'sqlite', label: 'x' },
    zone: 'Europe/Berlin',
    watchedField: { id: 'priority', name: 'Priority' },
    watched: [
      { id: '1', name: 'Highest' },
      { id: '2', name: 'High' },
    ],
    tokenExpiresOn: null,
  }
  const scope = { projectKey, priorityIds: ['1', '2'] }
  const usual = createUsual({
    store,
    siteId: SITE_ID,
    scope,
    scopeName: 'all',
    time,
    clock,
    zone: async () => 'UTC',
    incidents: async () => [],
  })
  const parts = {
    usual,
    store,
    session,
    time,
    clock,
    isFallback,
    scopeName: 'all',
    log: pino({ level: 'silent' }),
    jira: { projects: async () => [{ key: 'OPS', id: '1', name: 'Ops' }] },
  }
  const ends = (rule: AlertRule, why: string) => endAlert({ ...parts, syncStatus }, rule, why)
  const handlers = createRuleHandlers({ ...parts, endAlert: ends })
  return {
    store,
    ...handlers,
    rules: () => store.alertRules(SITE_ID),
    state: async () => (await store.alertBook(SITE_ID)).states[0]?.state,
  }
}

test('a rule is called what it says, where it is given no name', async () => {
  const { 'alerts.add': add, rules } = await open()
  await add({ scope: {}, condition: FIVE })
  await add({ scope: { priority: '1' }, condition: { kind: 'above-usual', often: 'month' } })
  await add({ scope: { project: 'OPS' }, condition: { kind: 'at-least', tickets: 1, minutes: 1_440 } })
  expect(new Set((await rules()).map(({ name }) => name))).toEqual(
    new Set([
      'At least 8 tickets in 5 min',
      'Above the usual, by chance once a month, Highest',
      'At least 1 ticket in 24 h, High or Highest in OPS',
    ]),
  )
})

test.each([
  ['a project that the site does not show', { scope: { project: 'GONE' } }, 'GONE'],
  ['a priority that is not watched', { scope: { priority: '9' } }, '9'],
  ['a project and a priority at once', { scope: { project: 'OPS', priority: '1' } }, 'not of both'],
  ['a name of blanks', { scope: {}, name: '  ' }, 'no name'],
])('a rule of %s is not added', async (_name, asked, said) => {
  const { 'alerts.add': add, rules } = await open()
  await expect(add({ condition: FIVE, ...asked })).rejects.toMatchObject({
    code: 'usage',
    what: expect.stringContaining(said) as string,
    consequence: 'Nothing was changed.',
  })
  expect(await rules()).toEqual([])
})

test('where one project is watched, a rule is of that one; one with tickets is not asked for in Jira', async () => {
  const { 'alerts.add': add } = await open({ projectKey: 'TPM' })
  await expect(add({ scope: { project: 'OPS' }, condition: FIVE })).rejects.toMatchObject({ code: 'usage' })
  expect((await add({ scope: { project: 'TPM' }, condition: FIVE })).scope).toEqual({ project: 'TPM' })
  const other = await open()
  await other.store.applyPage(page([ticket('1', { projectKey: 'OLD', key: 'OLD-1' })]))
  expect((await other['alerts.add']({ scope: { project: 'OLD' }, condition: FIVE })).on).toBe(true)
})

test('while a file stands in for the store with the rules, nothing of them is changed, and that is said', async () => {
  const rules = await open({ isFallback: true })
  const refused = { code: 'store-unavailable', consequence: 'Nothing was done.' }
  await expect(rules['alerts.add']({ scope: {}, condition: FIVE })).rejects.toMatchObject(refused)
  await expect(rules['alerts.change']({ id: 'a', seen: 'b' })).rejects.toMatchObject(refused)
  await expect(rules['alerts.remove']({ id: 'a', seen: 'b' })).rejects.toMatchObject(refused)
  await expect(rules['alerts.silence']({ silence: { minutes: 5 } })).rejects.toMatchObject(refused)
})

test('a silence lasts some minutes, until the next morning, or until things are as usual', async () => {
  const { 'alerts.add': add, 'alerts.silence': silence, state } = await open()
  const { id } = await add({ scope: {}, condition: FIVE })
  expect(await silence({ id, silence: { minutes: 60 } })).toEqual({
    silenced: 1,
    untilMs: NOW_MS + 3_600_000,
  })
  expect(await state()).toMatchObject({ phase: 'silenced', silence: { untilMinute: MINUTE + 70 } })
  const { untilMs } = await silence({ silence: { until: 'tomorrow', zone: 'America/Santiago' } })
  const said = new Intl.DateTimeFormat('en-GB', {
    timeZone: 'America/Santiago',
    timeStyle: 'short',
    dateStyle: 'short',
  })
  expect(said.format(untilMs ?? 0)).toBe(`${said.format(NOW_MS + 86_400_000).slice(0, 10)}, 08:00`)
  expect(await silence({ id, silence: { until: 'usual' } })).toEqual({ silenced: 1, untilMs: null })
  expect(await state()).toMatchObject({ silence: { untilMinute: null } })
  await silence({ id, silence: null })
  expect(await state()).toMatchObject({ silence: null })
  await expect(silence({ silence: { until: 'tomorrow', zone: 'Mars' } })).rejects.toMatchObject({
    code: 'usage',
  })
  await expect(silence({ id: 'none', silence: null })).rejects.toMatchObject({ code: 'not-found' })
})

const RUNNING: AlertState = {
  phase: 'alerting',
  sinceMinute: MINUTE,
  alert: {
    id: 'a',
    startedMinute: MINUTE,
    onsetMinute: MINUTE - 2,
    opened: 2,
    openedMinute: MINUTE,
    resolvedMinute: null,
    peak: { tickets: 3, minute: MINUTE },
    told: { minutes: 5, tickets: 3, usual: null, chance: null },
    settled: 3,
    isSent: true,
    isDoubled: false,
    calmSince: null,
  },
  frozenMinute: MINUTE,
  level: null,
  silence: null,
}

test('an alert under way ends with its rule, and says why; the numbers are those of the bars', async () => {
  const { store, 'alerts.add': add, 'alerts.change': change, 'alerts.remove': remove } = await open()
  const rule = await add({ scope: {}, condition: FIVE, name: 'Storm' })
  await store.applyPage(
    page([0, 1, 2].map((n) => ticket(String(n + 1), { createdMs: startOfMinute(MINUTE - n) }))),
  )
  await fetchedUpTo(store, NOW_MS)
  await store.changeAlertStates(SITE_ID, [rule.id], () => RUNNING)
  const renamed = await change({ id: rule.id, seen: rule.revision, name: 'Hail' })
  expect(await store.alertHistory({ siteId: SITE_ID, limit: 5 })).toEqual([])
  const off = await change({ id: rule.id, seen: renamed.revision, on: false })
  const [entry] = await store.alertHistory({ siteId: SITE_ID, limit: 5 })
  expect(entry).toMatchObject({ id: 'a', resolvedMs: NOW_MS, rule: { name: 'Hail' } })
  expect(entry?.transitions).toMatchObject([{ kind: 'resolved', sent: true }])
  expect(entry?.transitions[0]?.message).toMatchObject({
    key: 'resolved-2',
    numbers: { tickets: 3, fromMinute: MINUTE - 2, toMinute: MINUTE + 11 },
  })
  expect(entry?.transitions[0]?.message.sentences[0]).toBe('The rule was switched off.')
  expect(await remove({ id: rule.id, seen: off.revision })).toEqual({ removed: true })
  expect(await remove({ id: rule.id, seen: off.revision })).toEqual({ removed: false })
  expect(await store.alertHistory({ siteId: SITE_ID, limit: 5 })).toHaveLength(1)
})
