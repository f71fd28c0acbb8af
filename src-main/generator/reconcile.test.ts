import { expect, test } from 'vitest'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { machineClock } from '../runtime/clock.ts'
import { createCloudJira } from '../jira/cloud/cloud.ts'
import type { Jira } from '../jira/jira.ts'
import { answerJson, startRawServer } from '../../test-support/jira/jira.ts'
import { onceEach, openBench, sharedSandbox } from '../../test-support/generator/generator.ts'

const shared = sharedSandbox()

/** Ten minutes in a third of a second. */
const SHORT = { count: 30, minutes: 10, compress: 1_800, seed: 7 }

test('a create that Jira takes for nobody’s pauses the run, and the ticket that it made all the same is found', async () => {
  const bench = await openBench(shared())
  await shared().setSettings({ indexLag: { kind: 'fixed', ms: 86_400_000 } })
  const nobody = await startRawServer((response) =>
    answerJson(
      response,
      { id: '1', key: 'TPM-1', self: '' },
      { status: 201, headers: { 'x-seraph-loginreason': 'AUTHENTICATED_FAILED' } },
    ),
  )
  const refused = createCloudJira({ ...bench.sandbox, url: nobody.url, clock: machineClock })
  let calls = 0
  const jira: Jira = {
    ...bench.jira,
    async create(...given) {
      const made = await bench.jira.create(...given)
      return ++calls === 4 ? refused.create(...given) : made
    },
  }
  const generator = bench.generator({ jira })
  const { runId } = await generator.start({ ...SHORT, minutes: 60 })
  expect(await generator.finished()).toMatchObject({
    state: 'paused',
    reason: expect.stringContaining('did not accept the e-mail address and API token'),
  })
  await generator.resume()
  expect(await generator.finished()).toMatchObject({ state: 'done', created: 30, unknown: 0 })
  expect(await bench.ticketsBySlot(runId)).toEqual(onceEach(30))
})

test('a slot is looked for among the tickets that may have been made for it, not among all of the run', async () => {
  const bench = await openBench(shared())
  const looked: string[] = []
  const jira: Jira = {
    ...bench.jira,
    search(query, signal) {
      if (query.jql.startsWith('labels')) looked.push(query.jql)
      return bench.jira.search(query, signal)
    },
  }
  const generator = bench.generator({ jira })
  const match = { method: 'POST', path: '/rest/api/3/issue$' }
  await bench.sandbox.setFaults([{ match, kind: 'applied-500', times: 1, after: 20 }])
  const { runId, startMs } = await generator.start({ ...SHORT, minutes: 240, compress: 3_600 })
  expect(await generator.finished()).toMatchObject({ state: 'done', created: 30, unknown: 0 })
  expect(await bench.ticketsBySlot(runId)).toEqual(onceEach(30))
  expect(looked.length).toBeGreaterThan(0)
  for (const jql of looked) {
    expect(Number(/created >= (\d+)/.exec(jql)?.[1])).toBeGreaterThan(startMs + 60 * 60_000)
  }
})

test('a Jira that fails for a moment while a slot is looked for is asked again; the run goes on', async () => {
  const bench = await openBench(shared())
  let failures = 0
  const jira: Jira = {
    ...bench.jira,
    search(query, signal) {
      if (query.jql.startsWith('labels') && failures < 2) {
        failures += 1
        throw new AppError('jira-unreachable', 'It is away.', { retryable: true })
      }
      return bench.jira.search(query, signal)
    },
  }
  const generator = bench.generator({ jira })
  const match = { method: 'POST', path: '/rest/api/3/issue$' }
  await bench.sandbox.setFaults([{ match, kind: 'applied-500', times: 1, after: 5 }])
  const { runId } = await generator.start(SHORT)
  expect(await generator.finished()).toMatchObject({ state: 'done', created: 30, unknown: 0 })
  expect(failures).toBe(2)
  expect(bench.published.map(({ state }) => state)).not.toContain('paused')
  expect(await bench.ticketsBySlot(runId)).toEqual(onceEach(30))
})
