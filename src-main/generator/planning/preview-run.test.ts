import { expect, test } from 'vitest'
import type { Jira } from '../../jira/jira.ts'
import { machineClock } from '../../runtime/clock.ts'
import { openBench, sharedSandbox } from '../../../test-support/generator/generator.ts'
import { draftRun } from './new-run.ts'
import { createRunPreview } from './preview-run.ts'

const shared = sharedSandbox({
  projects: [
    { key: 'OPS', name: 'Operations' },
    { key: 'TPM', name: 'Tickets per minute' },
  ],
})
const signal = AbortSignal.timeout(60_000)
const watched = [
  { id: '1', name: 'Highest' },
  { id: '2', name: 'High' },
]
const scope = { projectKey: 'OPS', priorityIds: ['1', '2'] }

async function opened() {
  const { jira, compress } = await openBench(shared())
  let asked = 0
  const counting: Pick<Jira, 'projects' | 'creatable'> = {
    projects: (until) => ((asked += 1), jira.projects(until)),
    creatable: (key, until) => ((asked += 1), jira.creatable(key, until)),
  }
  const parts = { jira: counting, compress, clock: machineClock, projectKey: 'OPS', watched, scope }
  return { parts, preview: createRunPreview(parts, signal), asked: () => asked }
}

test('what is said of a run is what is made of it', async () => {
  const { parts, preview } = await opened()
  const request = { seed: 7, profile: 'spike 30m x5 10m' }
  const outline = await preview(request)
  const { plan } = await draftRun(parts, request, signal)
  const charted = plan.slots.filter(({ priorityId }) => ['1', '2'].includes(priorityId))
  expect(outline).toMatchObject({ planned: 100, charted: charted.length, perMinute: plan.perMinute })
  expect(charted.length).toBeGreaterThan(0)
  const inMinute = (minute: number): number =>
    charted.filter(({ offsetMs }) => Math.floor(offsetMs / 60_000) === minute).length
  expect(outline.chartedPerMinute).toEqual(plan.perMinute.map((_, minute) => inMinute(minute)))
})

test('of watched ones alone all are charted, but for a project that is not', async () => {
  const { preview } = await opened()
  expect(await preview({ seed: 7, mix: 'watched' })).toMatchObject({ planned: 100, charted: 100 })
  const both = await preview({ seed: 7, mix: 'watched', projects: { OPS: 1, TPM: 1 } })
  expect(both.charted).toBeGreaterThan(20)
  expect(both.charted).toBeLessThan(80)
})

test('Jira is asked once for all that is typed', async () => {
  const { preview, asked } = await opened()
  await Promise.all([preview({ seed: 1 }), preview({ seed: 2 })])
  await preview({ seed: 3, count: 10_000 })
  expect(asked()).toBe(2)
})

test.each([
  [{ count: 10_001 }, 'more than 10,000 tickets'],
  [{ weights: { Urgent: 1 } }, 'no priority "Urgent"'],
])('%j is refused in words', async (request, words) => {
  const { preview } = await opened()
  await expect(preview(request)).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining(words),
  })
})
