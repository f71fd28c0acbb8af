import { describe, expect, onTestFinished, test } from 'vitest'
import { createEventHub, type Client } from '../../../src-shared/contract/client.ts'
import type { ResumeRequest, RunProgress } from '../../../src-shared/contract/runs/runs.ts'
import { steadyClock } from '../../../src-shared/domain/site-clock.ts'
import { createCliFixture, createTestIo } from '../../../test-support/commands/cli.ts'
import { seeRunThrough } from './follow-run.ts'
import { TOLD_RUN } from '../../../test-support/commands/run.ts'

// What the core says of a machine that slept, and of tickets in doubt, no test can bring about in time.
const { by: _by, ...FACTS } = TOLD_RUN
const atMs = (minute: number): number => new Date(2026, 10, 25, 14, minute).getTime()
const SLEPT: RunProgress = {
  ...FACTS,
  state: 'paused',
  cause: { code: 'slept', fromMs: atMs(2), toMs: atMs(31) },
  missed: 7,
}
const UNKNOWN: RunProgress = { ...FACTS, state: 'done', created: 18, unknown: 2 }
const DONE: RunProgress = { ...FACTS, state: 'done', created: 20 }

/** A core whose run goes through these states: one each time that it is begun or resumed. */
function scripted(states: readonly RunProgress[]): { client: Client; requests: ResumeRequest[] } {
  const hub = createEventHub()
  const left = [...states]
  const requests: ResumeRequest[] = []
  const client: Client = {
    async call(method, params) {
      if (method === 'session.get') return { clock: steadyClock(0) } as never
      if (method !== 'runs.start') requests.push(params as ResumeRequest)
      const next = left.shift()
      if (next !== undefined) setImmediate(() => hub.publish('run.changed', next))
      return TOLD_RUN as never
    },
    on: (event, listener) => hub.on(event, listener),
  }
  return { client, requests }
}

type Answers = readonly (readonly [RegExp, string])[]

async function seeThrough(
  states: readonly RunProgress[],
  options: { isTTY?: boolean; answers?: Answers } = {},
): Promise<{ end: RunProgress; requests: ResumeRequest[]; stderr: string }> {
  const cli = createCliFixture()
  onTestFinished(() => cli.close())
  const { io, written } = createTestIo(cli.cwd, options)
  const { client, requests } = scripted(states)
  const end = await seeRunThrough(io, client, () => client.call('runs.start', {}), undefined)
  return { end, requests, stderr: written.stderr }
}

describe('a run that paused because the machine slept', () => {
  test('on a terminal the person reads what happened, and chooses', async () => {
    const { end, requests, stderr } = await seeThrough([SLEPT, DONE], {
      isTTY: true,
      answers: [[/What becomes of them\?/, '\u001B[B\r']],
    })
    expect(requests).toEqual([{ runId: 'abcd1234', missed: 'skip' }])
    expect(stderr).toContain('or this program was held up, from 14:02:00 to 14:31:00. 7 tickets were missed.')
    expect(stderr).toContain('7 tickets should have been made meanwhile')
    expect(end).toEqual(DONE)
  })

  test('elsewhere it catches up, and says so', async () => {
    const { requests, stderr } = await seeThrough([SLEPT, SLEPT, DONE])
    const catchUp = { runId: 'abcd1234', missed: 'catch-up' }
    expect(requests).toEqual([catchUp, catchUp])
    expect(stderr).toContain('7 tickets whose time has passed are made up for now')
  })

  test('one that somebody paused is left as it is', async () => {
    const { end, requests } = await seeThrough([{ ...SLEPT, cause: { code: 'requested' } }])
    expect([end.state, requests]).toEqual(['paused', []])
  })
})

describe('tickets of which nobody knows whether they were made', () => {
  test.each([
    ['look', '\r'],
    ['send', '\u001B[B\r'],
    ['drop', '\u001B[B\u001B[B\r'],
  ])('on a terminal the person decides: %s', async (unknown, typed) => {
    const { requests, end } = await seeThrough([UNKNOWN, DONE], {
      isTTY: true,
      answers: [[/What now\?/, typed]],
    })
    expect(requests).toEqual([{ runId: 'abcd1234', unknown }])
    expect(end).toEqual(DONE)
  })

  test('or leaves it open', async () => {
    const { requests, end } = await seeThrough([UNKNOWN], {
      isTTY: true,
      answers: [[/What now\?/, '\u001B[A\r']],
    })
    expect([requests, end]).toEqual([[], UNKNOWN])
  })

  test('elsewhere nothing is sent, and it is said how to decide', async () => {
    const { requests, stderr } = await seeThrough([UNKNOWN])
    expect(requests).toEqual([])
    expect(stderr).toContain('jira-tpm resume --run abcd1234 --unknown look, send or drop decides')
  })
})
