import { expect, test } from 'vitest'
import type { TeamServers } from '../../src-shared/contract/desktop.ts'
import type { RunProgress } from '../../src-shared/contract/runs/runs.ts'
import { isOffered, CORE_ITEMS, accessOf, possibleRunItems } from './menu-template.ts'

const run = {
  runId: 'abcdefgh',
  seed: 7,
  profile: 'steady',
  state: 'running',
  by: null,
  projectKey: 'TPM',
  planned: 100,
  created: 7,
  failed: 0,
  unknown: 0,
  skipped: 0,
  missed: 0,
  removed: 0,
  startMs: 0,
  endMs: 3_600_000,
  rate: 1,
  lateness: null,
} satisfies RunProgress
const possible = (part: object | null): string[] =>
  [...possibleRunItems(part && { ...run, ...part }, 'admin')].toSorted()

test('before the first run one can be started, and the runs looked at', () => {
  expect(possible(null)).toEqual(['run-start', 'runs'])
})

test('a run under way can be paused and stopped, one that stands still resumed and stopped', () => {
  expect(possible({})).toEqual(['run-audit', 'run-pause', 'run-stop', 'runs'])
  expect(possible({ state: 'paused', cause: { code: 'requested' } })).toEqual([
    'run-audit',
    'run-resume',
    'run-stop',
    'runs',
  ])
})

test('one that waits for its store goes on by itself, unless a person holds it', () => {
  expect(possible({ state: 'paused', cause: { code: 'store-away', error: 'It is away.' } })).toEqual([
    'run-audit',
    'run-pause',
    'run-stop',
    'runs',
  ])
})

test('a broken run can be resumed, ended, or left for another one', () => {
  expect(possible({ state: 'broken', created: 0 })).toEqual([
    'run-audit',
    'run-resume',
    'run-start',
    'run-stop',
    'runs',
  ])
})

test('a run that ended but for slots that nobody knows of can be gone on with', () => {
  expect(possible({ state: 'done', unknown: 1 })).toContain('run-resume')
  expect(possible({ state: 'stopped', unknown: 1 })).toContain('run-resume')
  expect(possible({ unknown: 1 })).not.toContain('run-resume')
})

test('a run that ended can be cleaned up as long as something of it is left', () => {
  for (const state of ['done', 'stopped'] as const) {
    expect(possible({ state })).toEqual(['run-audit', 'run-clean-up', 'run-start', 'runs'])
    expect(possible({ state, removed: 7 })).toEqual(['run-audit', 'run-start', 'runs'])
  }
})

test('on a team server that lets this machine look on, runs are looked at and audited, and no more', () => {
  expect([...possibleRunItems({ ...run, state: 'running', by: null }, 'read')].toSorted()).toEqual([
    'run-audit',
    'runs',
  ])
  expect([...possibleRunItems(null, 'read')]).toEqual(['runs'])
  expect([...possibleRunItems(null, 'run')]).toContain('run-start')
})

test.each([
  { at: 'this computer', servers: [], current: null, offered: CORE_ITEMS },
  { at: 'read', current: 'https://a', servers: [{ url: 'https://a', scope: 'read' }], offered: [] },
  { at: 'run', current: 'https://a', servers: [{ url: 'https://a', scope: 'run' }], offered: ['fetch-now'] },
  {
    at: 'admin',
    current: 'https://a',
    servers: [{ url: 'https://a', scope: 'admin' }],
    offered: ['fetch-now', 'data-load-sample', 'data-create-tables', 'data-drop-tables'],
  },
  {
    at: 'admin, and the server is lost',
    current: 'https://a',
    servers: [{ url: 'https://a', scope: 'admin' }],
    state: 'lost' as const,
    offered: [],
  },
])(
  'what the menu offers where the window works as $at',
  ({ servers, current, state = 'connected' as const, offered }) => {
    const access = accessOf({ current, servers: servers as unknown as TeamServers['servers'], state })
    expect(CORE_ITEMS.filter((item) => isOffered(item, access))).toEqual(offered)
  },
)
