import { describe, expect, test } from 'vitest'
import type { StoreStatus } from '../../src-shared/contract/models.ts'
import { createStore } from '../store.ts'
import { emptyDashboard } from '../live/dashboard-state.ts'
import { commandsFor, matching, type Command } from './commands.ts'
import type { ViewState } from './view-state.ts'
import type { Workbench } from './workbench.ts'

const store: StoreStatus = {
  kind: 'postgres',
  label: 'db/jira_tpm',
  failure: null,
  canFallBack: false,
  insteadOf: null,
}
const command = (title: string, enabled = true): Command => ({
  id: 'fetch',
  title,
  group: 'Tickets',
  enabled,
  run: () => {},
})
const commands = [command('Fetch now'), command('Stop the run…'), command('Pause the run', false)]
const titles = (text: string): string[] => matching(commands, text).map(({ title }) => title)

test('an empty text finds every command that makes sense now', () => {
  expect(titles('  ')).toEqual(['Fetch now', 'Stop the run…'])
})

test('words are found in any order, in the group too', () => {
  expect(titles('run stop')).toEqual(['Stop the run…'])
  expect(titles('TICK fetch')).toEqual(['Fetch now'])
  expect(titles('nothing like it')).toEqual([])
})

describe('beside the dashboard', () => {
  const view = createStore({ page: 'settings' } as ViewState)
  const fetched: string[] = []
  const orders = { fetchNow: () => fetched.push(view.get().page) }
  const workbench = { view, orders, dashboard: { followNow: () => {} } } as unknown as Workbench
  const startFailure = { code: 'internal', message: '', hint: '', retryable: false } as const
  const all = (state: Partial<typeof emptyDashboard>): Command[] =>
    commandsFor(workbench, { ...emptyDashboard, ...state }, { asTable: false }, false)

  test('what concerns the dashboard leads back to it', () => {
    all({})
      .find(({ id }) => id === 'fetch')
      ?.run()
    expect(fetched).toEqual(['dashboard'])
    all({})
      .find(({ id }) => id === 'settings')
      ?.run()
    expect(view.get().page).toBe('settings')
  })

  test('a store that is out of reach can be done without, one that is back can be gone back to', () => {
    const insteadOf = { label: 'db/jira_tpm', sinceMs: 0, reachable: false }
    const possible = [
      store,
      { ...store, canFallBack: true },
      { ...store, insteadOf },
      { ...store, insteadOf: { ...insteadOf, reachable: true } },
    ].map((storeStatus) =>
      all({ startFailure, storeStatus }).flatMap(({ id, enabled }) =>
        enabled && id.startsWith('store-') ? [id] : [],
      ),
    )
    expect(possible).toEqual([[], ['store-fall-back'], [], ['store-go-back']])
  })

  test('where there is none, only what concerns the window can be done, the settings among it', () => {
    const possible = all({ startFailure }).filter(({ enabled }) => enabled)
    expect(new Set(possible.map(({ group }) => group))).toEqual(new Set(['Window']))
    expect(possible.map(({ id }) => id)).toContain('settings')
  })
})
