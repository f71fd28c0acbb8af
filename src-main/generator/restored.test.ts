import { setTimeout as delay } from 'node:timers/promises'
import { pino } from 'pino'
import { describe, expect, test, vi } from 'vitest'
import {
  onceEach,
  openBench,
  progressWhere,
  sharedSandbox,
  slotsIn,
  type Bench,
} from '../../test-support/generator/generator.ts'
import { atEnd, testFolder } from '../../test-support/end.ts'
import {
  hasBackupPrograms,
  NO_PROGRAMS,
  restorableCluster,
  restorableDump,
  restorableFile,
  type RestorableStore,
} from '../../test-support/store/restorable.ts'
import { ENGINE } from '../../test-support/store/store.ts'
import type { Jira } from '../jira/jira.ts'
import { machineClock } from '../runtime/clock.ts'
import { openStore } from '../store/open-store.ts'
import type { Store } from '../store/store.ts'
import { openReceiptBook } from '../workspace/receipt-book.ts'

const shared = sharedSandbox()
const log = pino({ level: 'silent' })
/** Twenty minutes in a second and a third. */
const RUN = { count: 30, minutes: 20, compress: 900, seed: 7 }
const soon = { timeout: 30_000, interval: 50 }

const WAYS: readonly (readonly [string, () => Promise<RestorableStore>])[] =
  ENGINE === 'sqlite'
    ? [['a file', async () => restorableFile()]]
    : [
        ['pg_dump', restorableDump],
        ['a point in time', restorableCluster],
      ]
const isHere = ENGINE === 'sqlite' || hasBackupPrograms
if (!isHere) console.error(`\nNO RUN IS RESTORED FROM A BACKUP: ${NO_PROGRAMS}.\n`)

/** Opens the store as a program of a workspace does. */
async function openIn(dataDir: string, { config }: RestorableStore): Promise<Store> {
  const receipts = openReceiptBook(dataDir, log)
  const store = await openStore(config, { clock: machineClock, log, password: null, receipts })
  atEnd(() => store.close())
  return store
}

async function isUp(store: Store): Promise<void> {
  await vi.waitFor(() => expect(store.health()).toMatchObject({ state: 'up' }), soon)
}

type CreateGate = ReturnType<typeof createGate>

/** Lets as many creates through to Jira as were allowed in all; the others wait for their turn, as long as they may still leave. */
function createGate(jira: Jira) {
  let allowed = 0
  let begun = 0
  const isHeld = (): boolean => begun >= allowed
  return {
    jira: {
      ...jira,
      async create(ticket, signal, mayLeave = () => true) {
        while (isHeld() && mayLeave()) await delay(5)
        begun += 1
        try {
          return await jira.create(ticket, signal, mayLeave)
        } catch (error) {
          begun -= 1 // one that waited for too long is not sent, and takes nobody's turn
          throw error
        }
      },
    } satisfies Jira,
    allow: (all: number): void => void (allowed = all),
  }
}

/** Backs it up, and goes on until there was a receipt that the backup has not. */
async function backUp(backups: RestorableStore, store: Store, dataDir: string): Promise<void> {
  await backups.backUp()
  const book = openReceiptBook(dataDir, log)
  const { storeId, number } = await store.presentReceipt(book)
  await book.keep(storeId, number)
}

describe.skipIf(!isHere).each(WAYS)(
  'a run of a store that was restored: %s',
  { timeout: 120_000 },
  (_way, make) => {
    /** A store that lost its last while: of a run eight tickets are known to it, which went on as `goOn` has it. */
    async function restored(
      dataDir: string,
      goOn: (bench: Bench, gate: CreateGate) => Promise<void>,
    ): Promise<{ readonly backups: RestorableStore; readonly runId: string }> {
      const backups = await make()
      const store = await openIn(dataDir, backups)
      await isUp(store)
      const bench = await openBench(shared(), store)
      await shared().setSettings({ indexLag: { kind: 'fixed', ms: 86_400_000 } })
      const gate = createGate(bench.jira)
      const generator = bench.generator({ jira: gate.jira })
      const begun = progressWhere(bench, ({ created }) => created >= 8)
      gate.allow(8)
      const { runId } = await generator.start(RUN)
      await begun
      // However long that takes, the run does not go on meanwhile.
      await backUp(backups, store, dataDir)
      await goOn({ ...bench, generator: () => generator }, gate)
      await generator.close()
      await store.close()
      await backups.restore()
      return { backups, runId }
    }

    test('that ended after the backup: no slot is sent again, each ticket is found though no search shows it', async () => {
      const dataDir = testFolder()
      const { backups, runId } = await restored(dataDir, async (bench, gate) => {
        gate.allow(RUN.count)
        await bench.generator().finished()
      })
      const store = await openIn(dataDir, backups)
      await isUp(store)
      expect(store.health()).toMatchObject({
        restored: { what: expect.stringContaining('restored from a backup') },
      })
      const bench = await openBench(shared(), store)
      expect((await slotsIn(bench, runId, 'created')).length).toBeLessThan(30)
      const generator = bench.generator()
      await generator.resume({ runId })
      expect(await generator.finished()).toMatchObject({ state: 'done', created: 30, unknown: 0, failed: 0 })
      expect(await bench.ticketsBySlot(runId)).toEqual(onceEach(30))
    })

    test('that was paused half-way after the backup, by whoever goes on with it: the rest is sent, and nothing twice', async () => {
      const dataDir = testFolder()
      const { backups, runId } = await restored(dataDir, async (bench, gate) => {
        const half = progressWhere(bench, ({ created }) => created >= 16)
        gate.allow(16)
        await half
        await bench.generator().pause()
        expect(await bench.generator().current()).toMatchObject({ state: 'paused', created: 16 })
      })
      const knows = await openIn(dataDir, backups)
      await isUp(knows)
      expect(knows.health()).toHaveProperty('restored')
      // Of another workspace: it learns of it from the store.
      const store = await openIn(testFolder(), backups)
      await isUp(store)
      expect(store.health()).toHaveProperty('restored')
      const bench = await openBench(shared(), store)
      const generator = bench.generator()
      await generator.resume({ runId })
      expect(await generator.finished()).toMatchObject({ state: 'done', created: 30, unknown: 0, failed: 0 })
      expect(await bench.ticketsBySlot(runId)).toEqual(onceEach(30))
    })
  },
)
