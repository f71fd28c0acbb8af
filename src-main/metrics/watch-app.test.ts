import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { createEventHub } from '../../src-shared/contract/client.ts'
import type { SyncStatus } from '../../src-shared/contract/tickets.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { machineClock } from '../runtime/clock.ts'
import type { Stored } from '../app/reads.ts'
import type { Readiness } from '../app/readiness.ts'
import { readExposition, valueOf } from '../../test-support/metrics/exposition.ts'
import { watchApp } from './watch-app.ts'

function watched({ storedEveryMs = 5_000 } = {}) {
  const hub = createEventHub()
  const registry = new Registry()
  const state = {
    nowMs: 1_000_000,
    asked: 0,
    readiness: { ok: true, store: 'up', jira: 'open' } as Readiness,
    stored: async (): Promise<Stored | null> => ({
      seq: 7,
      tickets: [
        { name: 'High', count: 3 },
        { name: 'Highest', count: 2 },
      ],
    }),
  }
  const leave = watchApp(registry, {
    app: {
      hub,
      readiness: () => state.readiness,
      stored: () => {
        state.asked += 1
        return state.stored()
      },
    },
    clock: { now: () => state.nowMs, sleep: (_ms, signal) => machineClock.sleep(10, signal) },
    storedEveryMs,
  })
  const read = async (name: string, labels = {}): Promise<number | null> => {
    const families = readExposition(await registry.metrics())
    return families.get(name)?.samples.length === 0 ? null : valueOf(families, name, labels)
  }
  const commit = (): void =>
    hub.publish('counts.changed', { siteId: 'a', prevSeq: 0, seq: 1, reset: false, changes: [] })
  return { hub, state, leave, read, commit }
}

const STATUS: SyncStatus = {
  state: 'idle',
  lastSuccessMs: 990_000,
  lastInserted: 0,
  nextMs: null,
  indexLagMs: 1_500,
  storedTickets: 5,
  known: [{ fromMs: 0, toMs: 8_640_000_000_000_000 }],
  progress: null,
  failure: null,
  by: null,
}

test('the store is asked once, however often the numbers are read, until something was committed', async () => {
  const { state, read, commit } = watched()
  for (let n = 0; n < 20; n++) expect(await read('jira_tpm_tickets', { watched: 'High' })).toBe(3)
  expect(await read('jira_tpm_commit_sequence')).toBe(7)
  state.nowMs += 60_000
  await read('jira_tpm_tickets')
  expect(state.asked).toBe(1)
  commit()
  await read('jira_tpm_tickets')
  expect(state.asked).toBe(2)
})

test('and at most every so often, however much is committed', async () => {
  const { state, read, commit } = watched()
  for (let n = 0; n < 50; n++) {
    commit()
    await read('jira_tpm_tickets')
    state.nowMs += 1_000
  }
  expect(state.asked).toBe(10)
})

test('what the store cannot tell is left out, and is there when it can', async () => {
  const { state, read } = watched({ storedEveryMs: 0 })
  const works = state.stored
  state.stored = () => Promise.reject(new AppError('store-unavailable', 'It is away.'))
  expect(await read('jira_tpm_tickets')).toBeNull()
  expect(await read('jira_tpm_commit_sequence')).toBeNull()
  state.stored = async () => null // no Jira is open
  expect(await read('jira_tpm_tickets')).toBeNull()
  state.stored = works
  expect(await read('jira_tpm_tickets')).toBe(5)
})

test('a store that does not answer keeps nobody waiting, and is not asked twice at once', async () => {
  const { state, read, commit } = watched({ storedEveryMs: 0 })
  const answer = Promise.withResolvers<Stored>()
  state.stored = () => answer.promise
  expect(await read('jira_tpm_ready')).toBe(1)
  commit()
  expect(await read('jira_tpm_ready')).toBe(1)
  expect(state.asked).toBe(1)
  answer.resolve({ seq: 9, tickets: [] })
  await answer.promise
  expect(await read('jira_tpm_commit_sequence')).not.toBeNull()
})

test('how fetching goes is reported once it is known, and forgotten with the Jira', async () => {
  const { hub, state, read, leave } = watched()
  expect(await read('jira_tpm_fetch_age_seconds')).toBeNull()
  hub.publish('sync.changed', STATUS)
  expect(await read('jira_tpm_fetch_age_seconds')).toBe(10)
  state.nowMs += 5_000
  expect(await read('jira_tpm_fetch_age_seconds')).toBe(15)
  expect(await read('jira_tpm_index_lag_seconds')).toBe(1.5)
  expect(await read('jira_tpm_fetch_stopped')).toBe(0)
  hub.publish('sync.changed', { ...STATUS, state: 'stopped', indexLagMs: null })
  expect(await read('jira_tpm_fetch_stopped')).toBe(1)
  expect(await read('jira_tpm_index_lag_seconds')).toBeNull()
  hub.publish('session.changed', {})
  expect(await read('jira_tpm_fetch_stopped')).toBeNull()
  leave()
  hub.publish('sync.changed', STATUS)
  expect(await read('jira_tpm_fetch_stopped')).toBeNull()
})

test('whether calls can be answered, and whether the store is up', async () => {
  const { state, read } = watched()
  state.readiness = { ok: false, store: 'up', jira: 'closed' }
  expect([await read('jira_tpm_ready'), await read('jira_tpm_store_up')]).toEqual([0, 1])
  state.readiness = { ok: false, store: 'down', jira: 'open' }
  expect([await read('jira_tpm_ready'), await read('jira_tpm_store_up')]).toEqual([0, 0])
})

test('whether now is usual is shown while it is known, and nothing of an old verdict', async () => {
  const { hub, read } = watched()
  const verdict = { minutes: 5, tickets: 9, low: 0, high: 2, mean: 0.8 }
  const tell = (part: object): void =>
    hub.publish('usual.changed', { verdict: { ...verdict, ...part } } as never)
  tell({ state: 'high' })
  expect(await read('jira_tpm_usual', { bound: 'high', minutes: '5' })).toBe(2)
  expect(await read('jira_tpm_verdict', { state: 'high' })).toBe(1)
  tell({ state: 'unknown' })
  expect(await read('jira_tpm_usual')).toBeNull()
  expect(await read('jira_tpm_verdict', { state: 'unknown' })).toBe(1)
})

test('each rule has one series, that of how it stands; while the store is away nothing is called quiet', async () => {
  const { hub, state, read } = watched()
  const tell = (phases: Readonly<Record<string, string>>): void => {
    const rules = Object.entries(phases).map(([name, phase]) => ({
      id: `id-${name}`,
      name,
      standing: { phase },
    }))
    hub.publish('alerts.changed', { rules, rehearsals: [], away: null } as never)
  }
  const of = (name: string, phase: string): Promise<number | null> =>
    read('jira_tpm_alert_state', { rule: `id-${name}`, name, state: phase })
  expect(await read('jira_tpm_alert_state')).toBeNull()
  tell({ Storm: 'ok', Quiet: 'off' })
  tell({ Storm: 'alerting', Quiet: 'off' })
  expect(await of('Storm', 'alerting')).toBe(1)
  expect(await of('Storm', 'ok')).toBe(0)
  expect(await read('jira_tpm_alert_state')).toBe(2)
  state.readiness = { ok: false, store: 'down', jira: 'open' }
  expect(await of('Storm', 'unknown')).toBe(1)
  expect(await of('Quiet', 'off')).toBe(1)
  tell({})
  expect(await read('jira_tpm_alert_state')).toBeNull()
  tell({ Quiet: 'ok' })
  hub.publish('session.changed', {})
  expect(await read('jira_tpm_alert_state')).toBeNull()
})
