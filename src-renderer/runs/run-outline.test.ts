import { expect, test, vi } from 'vitest'
import type { Client } from '../../src-shared/contract/client.ts'
import type { RunOutline } from '../../src-shared/contract/runs/run-outlines.ts'
import type { RunRequest } from '../../src-shared/contract/runs/runs.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { chartedText, createOutlineFeed, type OutlineState } from './run-outline.ts'

const session = {
  projectKey: 'OPS',
  watched: [
    { id: '1', name: 'Highest' },
    { id: '2', name: 'High' },
  ],
}
const outline: RunOutline = { planned: 100, charted: 32, perMinute: [60, 40], chartedPerMinute: [20, 12] }
const plan = (request: RunRequest = {}) => ({ count: 1_200, request: { seed: 7, ...request } })

test('how many will be shown is said exactly where the core knows', () => {
  expect(chartedText(plan(), outline, session)).toBe('32 of 100 will be High or Highest, peak 20 a minute.')
  expect(chartedText(plan(), { ...outline, charted: 100 }, session)).toBe(
    'All of them will be High or Highest.',
  )
  expect(chartedText(plan(), { ...outline, charted: 0 }, session)).toMatch(/^None of them .* show none\.$/)
})

test('as long as only the weights are known, about how many', () => {
  expect(chartedText(plan(), null, session)).toBe('About 360 of 1,200 will be High or Highest.')
  expect(chartedText(plan({ weights: { high: 1, Low: 2 } }), null, session)).toMatch(/^About 400 of 1,200/)
  expect(chartedText(plan({ mix: 'watched' }), null, session)).toBe('All of them will be High or Highest.')
})

test('what only the project knows is not guessed', () => {
  const named = { ...session, watched: [{ id: '9', name: 'P0' }] }
  expect(chartedText(plan(), null, named)).toBeNull()
  expect(chartedText(plan({ projects: { OPS: 1, WEB: 1 } }), null, session)).toBeNull()
})

test('the newest run that is asked for is answered, and a refusal is a sentence', async () => {
  vi.useFakeTimers()
  const asked: RunRequest[] = []
  const shown: [number | undefined, OutlineState][] = []
  const call = vi.fn(async (_method: string, request: RunRequest) => {
    asked.push(request)
    if (request.seed === 3) throw new AppError('usage', 'There is no priority "Urgent".')
    if (request.seed === 4) throw new AppError('jira-unreachable', 'Jira cannot be reached.')
    return outline
  })
  const feed = createOutlineFeed({ call } as unknown as Client, ({ seed }, state) =>
    shown.push([seed, state]),
  )
  for (const seed of [0, 1, 2]) feed.ask({ seed })
  await vi.advanceTimersByTimeAsync(1_000)
  expect(asked.map(({ seed }) => seed)).toEqual([0, 2])
  feed.ask({ seed: 3 })
  await vi.advanceTimersByTimeAsync(1_000)
  feed.ask({ seed: 4 })
  await vi.advanceTimersByTimeAsync(1_000)
  expect(shown).toEqual([
    [2, { known: outline, refused: null }],
    [3, { known: null, refused: expect.stringContaining('no priority "Urgent"') }],
    [4, { known: null, refused: null }],
  ])
  feed.stop()
  vi.useRealTimers()
})
