import { expect, test } from 'vitest'
import { RUN_LEASE } from '../generator/run-lease.ts'
import { ended, openCleanUpBench, type CleanUpBench } from '../../test-support/clean-up/clean-up.ts'

/** A desk whose deletions wait from the sixth on, and what lets them go on. */
function heldUp(bench: CleanUpBench) {
  const { jira } = bench
  const gate = Promise.withResolvers<void>()
  let deletions = 0
  const held = bench.desk({
    jira: {
      ...jira,
      async deleteTicket(...ticket) {
        if (++deletions > 5) await gate.promise
        return jira.deleteTicket(...ticket)
      },
    },
  })
  return { held, goOn: gate.resolve }
}

test('whoever shares the store sees a clean-up while it goes, cannot stop it, and sees how it ended', async () => {
  const bench = await openCleanUpBench('cloud')
  const { runId } = await bench.makeRun(20)
  const { held, goOn } = heldUp(bench)
  const other = bench.desk()
  expect(await other.last()).toBeNull()
  await bench.begin(held, runId)
  const underWay = { runId, state: 'running', total: 20, deleted: 5, failure: null }
  await expect.poll(() => other.last(), { timeout: 30_000 }).toMatchObject(underWay)
  await expect(other.stop()).rejects.toMatchObject({ code: 'busy', hint: 'Stop it there.' })

  goOn()
  const end = await ended(held)
  expect(end).toMatchObject({ state: 'done', deleted: 20 })
  expect(await other.last()).toEqual(end)
  await expect(other.stop()).rejects.toMatchObject({ code: 'not-found' })
  // One that was begun afterwards by another is the last one of both.
  const next = await bench.makeRun(2)
  expect(await held.last()).toEqual(end)
  await bench.cleanUp(other, next.runId)
  expect(await held.last()).toMatchObject({ runId: next.runId, state: 'done', deleted: 2 })
})

test('one whose process died is shown as stopped, with what that means', async () => {
  const bench = await openCleanUpBench('cloud')
  const { runId } = await bench.makeRun(20)
  const { siteId, store } = bench
  const { held, goOn } = heldUp(bench)
  await bench.begin(held, runId)
  const other = bench.desk()
  await expect.poll(() => other.last(), { timeout: 30_000 }).toMatchObject({ deleted: 5 })
  const { owner = '' } = (await store.leaseHolder(siteId, RUN_LEASE)) ?? {}
  await store.passLease(siteId, RUN_LEASE, { from: owner, to: 'another' }, 60_000)
  expect(await other.last()).toMatchObject({
    state: 'stopped',
    deleted: 5,
    failure: {
      what: 'The program that deleted the tickets has ended.',
      hint: expect.stringContaining('Clean up again to go on'),
    },
  })
  // Held up only, it says nothing more in the name of the lease that it has not.
  goOn()
  await ended(held)
  expect(await other.last()).toMatchObject({ state: 'stopped', deleted: 5 })
})
