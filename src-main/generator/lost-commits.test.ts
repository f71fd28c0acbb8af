import { expect, test } from 'vitest'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Store } from '../store/store.ts'
import { createLedger } from './ledger.ts'
import {
  onceEach,
  openBench,
  progressWhere,
  sharedSandbox,
  type Bench,
} from '../../test-support/generator/generator.ts'

const shared = sharedSandbox()

/** Twenty minutes in two thirds of a second. */
const RUN = { count: 30, minutes: 20, compress: 1_800, seed: 7 }

/** What a server that failed over has lost: that slots were sent, and what became of them. */
async function forget({ data }: Bench, state: 'planned' | 'sent', slots: string): Promise<void> {
  const sent = state === 'planned' ? ', sent_ms = NULL' : ''
  await data.query(
    `UPDATE slots SET state = '${state}'${sent}, answered_ms = NULL, issue_id = NULL, issue_key = NULL WHERE ${slots}`,
  )
}

test('a store that loses commits in the middle of a run, and tells nobody, makes no slot twice', async () => {
  const bench = await openBench(shared())
  await shared().setSettings({ indexLag: { kind: 'fixed', ms: 86_400_000 } })
  const begun = progressWhere(bench, ({ created }) => created > 4)
  const generator = bench.generator()
  const { runId } = await generator.start(RUN)
  await begun
  await forget(bench, 'planned', 'slot < 3')
  await forget(bench, 'sent', 'slot = 3')
  expect(await generator.finished()).toMatchObject({ state: 'done', created: 30, unknown: 0 })
  expect(await bench.ticketsBySlot(runId)).toEqual(onceEach(30))
})

test('what this process has sent it knows, also when a claim that was lost cannot be made again', async () => {
  let isAway = false
  const store: Pick<Store, 'claimSlots' | 'recordSlots'> = {
    claimSlots: async (_site, _run, slots) => {
      if (isAway) throw new AppError('store-unavailable', 'The store is away.')
      return [...slots]
    },
    recordSlots: async () => {},
  }
  const ledger = createLedger({ store, siteId: 'site', runId: 'run', siteTime: { now: () => 5 } })
  await ledger.claim([1])
  isAway = true
  await expect(ledger.claim([1, 2])).rejects.toMatchObject({ code: 'store-unavailable' })
  expect([1, 2].map((slot) => ledger.hasSent(slot))).toEqual([true, false])
  await ledger.flush()
  expect(ledger.hasSent(1)).toBe(true)
})
