import { expect, test } from 'vitest'
import type { Jira } from '../jira/jira.ts'
import type { Store } from '../store/store.ts'
import { openBench, sharedSandbox } from './testing.ts'

const shared = sharedSandbox()

/** Ten minutes in a third of a second. */
const SHORT = { count: 30, minutes: 10, compress: 1_800, seed: 7 }

test('a run does not wait for its ledger with its next requests, and is done only when all is written', async () => {
  const bench = await openBench(shared())
  const allSent = Promise.withResolvers<void>()
  let [sent, written] = [0, 0]
  const jira: Jira = {
    ...bench.jira,
    async create(...given) {
      const made = await bench.jira.create(...given)
      if (++sent === 30) allSent.resolve()
      return made
    },
  }
  const store: Store = {
    ...bench.store,
    async recordSlots(siteId, runId, outcomes) {
      await allSent.promise
      await bench.store.recordSlots(siteId, runId, outcomes)
      written += outcomes.length
    },
  }
  const generator = bench.generator({ jira, store, maxRequests: 2 })
  await generator.start(SHORT)
  expect(await generator.finished()).toMatchObject({ state: 'done', created: 30 })
  expect(written).toBe(30)
})
