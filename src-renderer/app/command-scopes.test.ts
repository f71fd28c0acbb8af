import { expect, test } from 'vitest'
import type { Session } from '../../src-shared/contract/tickets.ts'
import { emptyDashboard } from '../live/dashboard-state.ts'
import { PAUSED, testRun } from '../../test-support/domain/run.ts'
import { commandsFor, forScope, type Command, type CommandId } from './commands.ts'
import type { Workbench } from './workbench.ts'

const workbench = {
  transport: { servers: null },
  view: {},
  orders: {},
  dashboard: {},
} as unknown as Workbench
const storeStatus = { kind: 'sqlite', label: '', failure: null, canFallBack: true, insteadOf: null } as const
const paused = { ...testRun, ...PAUSED }
const demo = { site: { kind: 'sandbox' } } as Session
const of = (session: Session): Command[] =>
  commandsFor(
    workbench,
    { ...emptyDashboard, session, run: paused, storeStatus },
    { view: 'bar', asTable: false, zoomedFrom: [] },
    false,
  )
const all = of(demo)

function possible(scope: 'read' | 'run' | 'admin'): CommandId[] {
  return forScope(all, scope).flatMap(({ id, enabled }) => (enabled ? [id] : []))
}

test('who may look on is offered to look', () => {
  expect(possible('read')).toEqual(
    expect.arrayContaining(['view-bar', 'span-previous', 'runs', 'settings', 'keys']),
  )
  for (const id of ['run-resume', 'run-stop', 'fetch', 'sample', 'tables-drop', 'store-fall-back'] as const) {
    expect([id, possible('admin').includes(id)]).toEqual([id, true])
    expect(possible('read')).not.toContain(id)
  }
})

test('who works runs is not offered what changes stored data', () => {
  expect(possible('run')).toEqual(expect.arrayContaining(['run-resume', 'run-stop', 'fetch']))
  expect(possible('run')).not.toContain('sample')
  expect(possible('run')).not.toContain('tables-drop')
  expect(possible('run')).not.toContain('store-fall-back')
})

test('a made-up hour is offered in no real Jira', () => {
  const real = of({ site: { kind: 'cloud' } } as Session)
  expect(real.find(({ id }) => id === 'sample')).toMatchObject({ enabled: false })
})

test('the desktop is offered everything that makes sense', () => {
  expect(possible('admin')).toEqual(all.flatMap(({ id, enabled }) => (enabled ? [id] : [])))
})
