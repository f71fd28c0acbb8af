import { expect, test } from 'vitest'
import type { Jira } from '../jira/jira.ts'
import type { Store } from '../store/store.ts'
import { openBench, sharedSandbox } from '../../test-support/generator/generator.ts'

const shared = sharedSandbox()

/** Ten minutes in a third of a second. */
const SHORT = { count: 30, minutes: 10, compress: 1_800, seed: 7 }

test('a run does not wait for its ledger with its next requests, and is done only when all is written', async () => {
  const bench = await openBench(shared())
  const manySent = Promise.withResolvers<void>()
  let sent = 0
  const written = new Set<number>()
  const jira: Jira = {
    ...bench.jira,
    async create(...given) {
      try {
        return await bench.jira.create(...given)
      } finally {
        // Not all: one that was held up between its claim and its request comes again when that is written.
        if (++sent === 10) manySent.resolve()
      }
    },
  }
  const store: Store = {
    ...bench.store,
    async recordSlots(siteId, runId, outcomes) {
      await manySent.promise
      await bench.store.recordSlots(siteId, runId, outcomes)
      // One that is given back is written too, and made later.
      for (const { slot, state } of outcomes) if (state === 'created') written.add(slot)
    },
  }
  const generator = bench.generator({ jira, store, maxRequests: 2 })
  await generator.start(SHORT)
  expect(await generator.finished()).toMatchObject({ state: 'done', created: 30 })
  expect(written.size).toBe(30)
})
