import { describe, expect, test } from 'vitest'
import type { SlotOutcome } from '../store/ledger/ledger.ts'
import { createLedger } from './ledger.ts'
import { madeOutcome } from './send-slot.ts'

const TIMES = { answeredAtMs: 1, latenessMs: 0 }
const outcome = (slot: number): SlotOutcome => madeOutcome(slot, { id: `${slot}`, key: `TPM-${slot}` }, TIMES)

/** A store whose writes end when the test says so. */
function heldStore() {
  const writes: { slots: number[]; end: () => void; fail: (error: Error) => void }[] = []
  return {
    writes,
    claimSlots: async (_site: string, _run: string, slots: readonly number[]) => [...slots],
    recordSlots: (_site: string, _run: string, outcomes: readonly SlotOutcome[]) =>
      new Promise<void>((resolve, reject) => {
        writes.push({ slots: outcomes.map(({ slot }) => slot), end: resolve, fail: reject })
      }),
  }
}

function open(store: ReturnType<typeof heldStore>) {
  return createLedger({ store, siteId: 'site', runId: 'run', siteTime: { now: () => 5 } })
}

const turns = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('the ledger', () => {
  test('writes together what comes while it writes', async () => {
    const store = heldStore()
    const ledger = open(store)
    const all = Promise.all([1, 2, 3].map((slot) => ledger.record(outcome(slot))))
    await turns()
    store.writes[0]?.end()
    await expect.poll(() => store.writes).toHaveLength(2)
    store.writes[1]?.end()
    await all
    expect(store.writes.map(({ slots }) => slots)).toEqual([[1], [2, 3]])
  })

  test('keeps what could not be written, and writes it with the next', async () => {
    const store = heldStore()
    const ledger = open(store)
    const first = ledger.record(outcome(1))
    store.writes[0]?.fail(new Error('disk full'))
    await expect(first).rejects.toThrow('disk full')

    const second = ledger.record(outcome(2))
    await expect.poll(() => store.writes).toHaveLength(2)
    store.writes[1]?.end()
    await second
    expect(store.writes[1]?.slots).toEqual([1, 2])
    await ledger.flush()
    expect(store.writes).toHaveLength(2)
  })

  test('leaves nothing behind when records come at any turn', async () => {
    const store = heldStore()
    const written: number[] = []
    const ledger = createLedger({
      store: {
        ...store,
        recordSlots: async (_s, _r, all) => void written.push(...all.map(({ slot }) => slot)),
      },
      siteId: 'site',
      runId: 'run',
      siteTime: { now: () => 5 },
    })
    for (let slot = 0; slot < 50; slot++) {
      const recorded = ledger.record(outcome(slot))
      for (let turn = 0; turn < slot % 7; turn++) await Promise.resolve()
      if (slot % 5 === 0) await recorded
    }
    await ledger.flush()
    expect(written.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, slot) => slot))
  })
})
