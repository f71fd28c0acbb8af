import { expect, test, vi } from 'vitest'
import type { AlertRule } from '../../src-shared/contract/alerts/alerts.ts'
import type { Client } from '../../src-shared/contract/client.ts'
import { createReplayFeed, NOT_ASKED, stateOf, type ReplayState } from './replay-feed.ts'

const rule = (tickets: number): Pick<AlertRule, 'condition' | 'scope'> => ({
  condition: { kind: 'at-least', tickets, minutes: 5 },
  scope: {},
})
const replayed = { fired: [], summary: '', fromMs: 0, toMs: 0, weeks: 8, learningUntilMs: null }

test('a rule is replayed once it rests, one at a time, and only what was asked for last is said', async () => {
  vi.useFakeTimers()
  try {
    const asked: unknown[] = []
    const answers: (() => void)[] = []
    const call = vi.fn((_method: string, params: unknown) => {
      asked.push(params)
      return new Promise((resolve) => answers.push(() => resolve(replayed)))
    })
    const said: ReplayState['is'][] = []
    const feed = createReplayFeed({ call } as unknown as Pick<Client, 'call'>, ({ is }) => said.push(is), 500)

    feed.ask(rule(1))
    await vi.advanceTimersByTimeAsync(400)
    feed.ask(rule(12))
    await vi.advanceTimersByTimeAsync(500)
    expect(asked).toEqual([rule(12)])
    feed.ask(rule(123))
    await vi.advanceTimersByTimeAsync(1_000)
    expect(asked).toHaveLength(1)
    answers[0]?.()
    await vi.advanceTimersByTimeAsync(0)
    expect(asked).toEqual([rule(12), rule(123)])
    expect(said).not.toContain('read')
    answers[1]?.()
    await vi.advanceTimersByTimeAsync(0)
    expect(said.at(-1)).toBe('read')

    feed.ask(rule(5))
    feed.stop()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(asked).toHaveLength(2)
  } finally {
    vi.useRealTimers()
  }
})

test('why it failed is said', async () => {
  const states: ReplayState[] = []
  const client = { call: () => Promise.reject(new Error('broken')) }
  const feed = createReplayFeed(client, (state) => states.push(state), 0)
  feed.ask(rule(1))
  await vi.waitFor(() => expect(states.at(-1)).toMatchObject({ is: 'failed', why: expect.any(String) }))
})

test('what was read of a rule is said of that one alone, however it is made anew', () => {
  const state: ReplayState = { is: 'read', replay: replayed }
  const last = { state, of: rule(900) }
  expect(stateOf(last, rule(900))).toBe(state)
  expect(stateOf(last, rule(2))).toEqual({ is: 'reading' })
  expect(stateOf(last, null)).toEqual({ is: 'reading' })
  expect(stateOf(NOT_ASKED, rule(2))).toEqual({ is: 'reading' })
})
