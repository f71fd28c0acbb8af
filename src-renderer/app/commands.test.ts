import { describe, expect, test, vi } from 'vitest'
import type { RunProgress } from '../../src-shared/contract/runs/runs.ts'
import type { StoreStatus } from '../../src-shared/contract/store.ts'
import { createStateStore } from '../state-store.ts'
import { emptyDashboard } from '../live/dashboard-state.ts'
import { commandsFor, forScope, type Command } from './commands.ts'
import { KEY_HELP } from './keys.ts'
import { PAUSED, RUNNING, testRun, WAITING } from '../../test-support/domain/run.ts'
import { runAgain, type ViewState, type Workbench } from './workbench.ts'
import { findCommands } from '../palette/find.ts'

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
  scope: 'read',
  enabled,
  run: () => {},
})
const commands = [command('Fetch now'), command('Stop the run…'), command('Pause the run', false)]
const titles = (text: string): string[] => findCommands(commands, text).map(({ title }) => title)

test('an empty text finds every command that makes sense now', () => {
  expect(titles('  ')).toEqual(['Fetch now', 'Stop the run…'])
})

test('words are found in any order, in the group too', () => {
  expect(titles('run stop')).toEqual(['Stop the run…'])
  expect(titles('TICK fetch')).toEqual(['Fetch now'])
  expect(titles('nothing like it')).toEqual([])
})

describe('beside the dashboard', () => {
  const view = createStateStore({ page: 'settings' } as ViewState)
  const fetched: string[] = []
  const orders = { fetchNow: () => fetched.push(view.get().page) }
  const workbench = {
    transport: { servers: null },
    view,
    orders,
    dashboard: { followNow: () => {} },
  } as unknown as Workbench
  const startFailure = { code: 'internal', what: '', consequence: '', hint: '', retryable: false } as const
  const all = (state: Partial<typeof emptyDashboard>): Command[] =>
    commandsFor(
      workbench,
      { ...emptyDashboard, ...state },
      { view: 'bar', asTable: false, zoomedFrom: [] },
      false,
    )

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

describe('the runs', () => {
  const view = createStateStore({ page: 'settings', dialog: null } as unknown as ViewState)
  const workbench = { transport: { servers: null }, view, orders: {}, dashboard: {} } as unknown as Workbench
  const all = (run: RunProgress | null): Command[] =>
    commandsFor(workbench, { ...emptyDashboard, run }, { view: 'bar', asTable: false, zoomedFrom: [] }, false)
  const choose = (run: RunProgress, id: string): void =>
    all(run)
      .find((one) => one.id === id)
      ?.run()
  const possible = (run: RunProgress | null): string[] =>
    all(run).flatMap(({ id, enabled }) => (enabled && id.startsWith('run') ? [id] : []))

  test('what can be done is what the run lets one do', () => {
    expect(possible(null)).toEqual(['run-start', 'runs'])
    expect(possible(testRun)).toEqual(['run-start', 'runs', 'run-audit', 'run-clean-up'])
    expect(possible({ ...testRun, removed: 97 })).not.toContain('run-clean-up')
    expect(possible({ ...testRun, ...RUNNING })).toEqual(['run-pause', 'run-stop', 'runs', 'run-audit'])
    expect(possible({ ...testRun, ...PAUSED })).toContain('run-resume')
    expect(possible({ ...testRun, ...WAITING })).not.toContain('run-resume')
    expect(possible({ ...testRun, state: 'broken' })).toEqual(
      expect.arrayContaining(['run-start', 'run-resume', 'run-stop']),
    )
  })

  test('audit and clean-up lead to the page of the runs, with what the person came for', () => {
    choose(testRun, 'run-clean-up')
    expect(view.get()).toMatchObject({
      page: 'runs',
      runsPage: { runId: 'abcdefgh', span: null, ask: 'clean-up' },
    })
    choose(testRun, 'runs')
    expect(view.get().runsPage).toEqual({ runId: null, span: null, ask: null })
  })

  test('a run with missed slots is not resumed before the person has chosen what becomes of them', () => {
    const asked: string[] = []
    const orders = { resumeRun: () => asked.push('resume') }
    vi.stubGlobal('requestAnimationFrame', () => 0)
    vi.stubGlobal('document', { getElementById: () => null })
    for (const missed of [7, 0]) {
      const run = { ...testRun, ...PAUSED, missed }
      commandsFor(
        { ...workbench, orders } as unknown as Workbench,
        { ...emptyDashboard, run },
        { view: 'bar', asTable: false, zoomedFrom: [] },
        false,
      )
        .find(({ id }) => id === 'run-resume')
        ?.run()
      expect(asked).toEqual(missed === 0 ? ['resume'] : [])
    }
    vi.unstubAllGlobals()
  })

  test('what becomes of slots that nobody knows of is chosen in the panel of a run that ended', () => {
    const asked: string[] = []
    const orders = { resumeRun: () => asked.push('resume') }
    vi.stubGlobal('requestAnimationFrame', () => 0)
    vi.stubGlobal('document', { getElementById: () => null })
    const doubted = { ...testRun, unknown: 2 }
    view.put({ page: 'runs', runForm: true })
    const resume = commandsFor(
      { ...workbench, orders } as unknown as Workbench,
      { ...emptyDashboard, run: doubted },
      { view: 'bar', asTable: false, zoomedFrom: [] },
      false,
    ).find(({ id }) => id === 'run-resume')
    expect(resume).toMatchObject({ title: 'Decide about the unknown tickets…', enabled: true })
    resume?.run()
    expect(view.get()).toMatchObject({ page: 'dashboard', runForm: false })
    expect(asked).toEqual([])
    vi.unstubAllGlobals()
  })

  test('a run that waits for its store can be held', () => {
    expect(possible({ ...testRun, ...WAITING })).toContain('run-pause')
    expect(possible({ ...testRun, ...PAUSED })).not.toContain('run-pause')
  })

  test('stopping asks first, on the dashboard', () => {
    choose({ ...testRun, ...RUNNING }, 'run-stop')
    expect(view.get()).toMatchObject({ page: 'dashboard', dialog: 'stop-run' })
  })

  test('a run that is asked for again fills in the form', () => {
    vi.stubGlobal('requestAnimationFrame', () => 0)
    vi.stubGlobal('document', { getElementById: () => null })
    const draft = {
      count: 75,
      minutes: 60,
      seed: 9,
      profile: 'sine 3',
      rate: 1,
      onlyWatched: false,
      projects: '',
    }
    view.put({ page: 'runs' })
    runAgain(workbench.view, draft)
    expect(view.get()).toMatchObject({ page: 'dashboard', runForm: true, runDraft: draft })
    vi.unstubAllGlobals()
  })
})

test('the help lists each key that a command has', () => {
  const workbench = { transport: { servers: null }, dashboard: {}, orders: {} } as unknown as Workbench
  const all = commandsFor(workbench, emptyDashboard, { view: 'bar', asTable: false, zoomedFrom: [] }, false)
  const listed = KEY_HELP.flatMap(([keys]) => keys.split('  '))
  const missing = all.flatMap(({ keys }) => (keys === undefined || listed.includes(keys) ? [] : [keys]))
  expect(missing).toEqual([])
})

test('zooming is a command, and the way back from it as long as there is one', () => {
  const spans: unknown[] = []
  const dashboard = {
    store: createStateStore({
      ...emptyDashboard,
      shown: { fromMs: 0, toMs: 3_600_000 },
      nowMinute: 59,
    }),
    showSpan: (span: unknown) => spans.push(span),
  }
  const view = createStateStore({ page: 'dashboard', zoomedFrom: [] } as unknown as ViewState)
  const workbench = { transport: { servers: null }, view, dashboard, orders: {} } as unknown as Workbench
  const all = (): Command[] =>
    commandsFor(
      workbench,
      emptyDashboard,
      { view: 'bar', asTable: false, zoomedFrom: view.get().zoomedFrom },
      false,
    )
  const zoomCommand = (id: Command['id']) => all().find((one) => one.id === id)
  expect(zoomCommand('step-back')?.enabled).toBe(false)
  zoomCommand('zoom-out')?.run()
  expect(spans).toEqual([{ from: 'now-2h', to: 'now' }])
  dashboard.store.put({ span: { from: 'now-2h', to: 'now' } })
  expect(zoomCommand('step-back')?.enabled).toBe(true)
  zoomCommand('step-back')?.run()
  expect(spans[1]).toEqual(emptyDashboard.span)
})

test('a table stands in the place of a chart, and the heat view is a table already', () => {
  const workbench = { transport: { servers: null }, dashboard: {}, orders: {} } as unknown as Workbench
  const isOffered = (view: ViewState['view']) =>
    commandsFor(workbench, emptyDashboard, { view, asTable: false, zoomedFrom: [] }, false).find(
      ({ id }) => id === 'table',
    )?.enabled
  expect(isOffered('histogram')).toBe(true)
  expect(isOffered('heat')).toBe(false)
})

test('a team server is connected from a desktop window alone, and by whatever it may do where it works now', () => {
  const view = createStateStore({ page: 'dashboard', zoomedFrom: [] } as unknown as ViewState)
  const offered = (servers: object | null) => {
    const workbench = { transport: { servers }, view, dashboard: {}, orders: {} } as unknown as Workbench
    const all = commandsFor(workbench, emptyDashboard, { view: 'bar', asTable: false, zoomedFrom: [] }, false)
    return forScope(all, 'read').find(({ id }) => id === 'servers')
  }
  expect(offered(null)?.enabled).toBe(false)
  expect(offered({})?.enabled).toBe(true)
  offered({})?.run()
  expect(view.get().page).toBe('servers')
})
