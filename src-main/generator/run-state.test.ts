import { describe, expect, test } from 'vitest'
import type { PauseReason } from '../../src-shared/contract/runs/runs.ts'
import { isEnded, nextStanding, type RunEvent, type Standing } from './run-state.ts'

const FAILED: PauseReason = { code: 'failed', error: 'Jira is away.' }
const AWAY: PauseReason = { code: 'store-away', error: 'The server is out of reach.' }
const REQUESTED: PauseReason = { code: 'requested' }

const STANDINGS = {
  planned: { state: 'planned' },
  running: { state: 'running' },
  pausing: { state: 'pausing', reason: FAILED },
  'pausing as asked': { state: 'pausing', reason: REQUESTED },
  'pausing without its store': { state: 'pausing', reason: AWAY },
  paused: { state: 'paused', reason: FAILED },
  'paused as asked': { state: 'paused', reason: REQUESTED },
  'paused without its store': { state: 'paused', reason: AWAY },
  stopping: { state: 'stopping' },
  stopped: { state: 'stopped' },
  done: { state: 'done' },
} satisfies Record<string, Standing>

const EVENTS = {
  started: { kind: 'started' },
  'started to send again': { kind: 'started', resends: true },
  'pause asked': { kind: 'requested', requested: 'pause' },
  'stop asked': { kind: 'requested', requested: 'stop' },
  suspended: { kind: 'suspended', reason: { code: 'closing' } },
  'drained, some open': { kind: 'drained', open: 1 },
  'drained, none open': { kind: 'drained', open: 0 },
} satisfies Record<string, RunEvent>

/** What follows, as `state reason`; empty where the very same object does. */
function follows(from: Standing, event: RunEvent): string {
  const to = nextStanding(from, event)
  if (to === from) return ''
  return 'reason' in to ? `${to.state} ${to.reason.code}` : to.state
}

/** In the order of `EVENTS`. */
const TABLE: Record<keyof typeof STANDINGS, readonly string[]> = {
  planned: ['running', 'running', 'paused requested', 'stopping', '', '', ''],
  running: ['', '', 'pausing requested', 'stopping', 'pausing closing', 'paused shared-slots', 'done'],
  pausing: ['running', 'running', 'pausing requested', 'stopping', '', 'paused failed', 'done'],
  'pausing as asked': ['running', 'running', '', 'stopping', '', 'paused requested', 'done'],
  paused: ['running', 'running', 'paused requested', 'stopping', '', '', ''],
  'paused as asked': ['running', 'running', '', 'stopping', '', '', ''],
  'pausing without its store': [
    'running',
    'running',
    'pausing requested',
    'stopping',
    'pausing closing',
    'paused store-away',
    'done',
  ],
  'paused without its store': [
    'running',
    'running',
    'paused requested',
    'stopping',
    'paused closing',
    '',
    '',
  ],
  stopping: ['running', 'running', '', '', '', 'stopped', 'done'],
  stopped: ['', 'running', '', '', '', '', 'done'],
  done: ['', 'running', '', '', '', '', ''],
}

const names = Object.keys(STANDINGS) as (keyof typeof STANDINGS)[]

describe('what follows from where a run stands', () => {
  test.each(names)('%s', (name) => {
    const from = STANDINGS[name]
    expect(Object.values(EVENTS).map((event) => follows(from, event))).toEqual(TABLE[name])
  })

  test('what is repeated changes nothing the second time: not even the object', () => {
    for (const from of Object.values(STANDINGS)) {
      for (const event of Object.values(EVENTS)) {
        const once = nextStanding(from, event)
        expect(nextStanding(once, event)).toBe(once)
      }
    }
  })

  test('a stop is final, whatever comes after it but a new beginning', () => {
    const later = Object.values(EVENTS).filter(({ kind }) => kind !== 'started')
    for (const from of Object.values(STANDINGS)) {
      const seen = new Set([nextStanding(from, EVENTS['stop asked'])])
      for (const at of seen) for (const event of later) seen.add(nextStanding(at, event))
      for (const { state } of seen) expect(['stopping', 'stopped', 'done']).toContain(state)
    }
  })

  test('the first reason stays, except that a person’s word goes before it', () => {
    const first = nextStanding(STANDINGS.running, { kind: 'suspended', reason: FAILED })
    expect(nextStanding(first, EVENTS.suspended)).toBe(first)
    const asked = nextStanding(first, EVENTS['pause asked'])
    expect(asked).toEqual({ state: 'pausing', reason: REQUESTED })
    expect(nextStanding(asked, { kind: 'suspended', reason: FAILED })).toBe(asked)
    expect(
      isEnded(nextStanding(nextStanding(asked, EVENTS['stop asked']), EVENTS['drained, some open'])),
    ).toBe(true)
  })
})
