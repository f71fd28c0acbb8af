import { openAlone } from '../../app/stored.ts'
import { machineClock } from '../../runtime/clock.ts'
import { openReceiptBook } from '../../workspace/receipt-book.ts'
import type { CommandCall } from '../cli/define-command.ts'

/** For a store that was restored where no workspace is left that could know. */
export async function restored({ config: configOf, open, io, print }: CommandCall<'log'>): Promise<void> {
  const config = configOf()
  await open(config, async (log) => {
    const { store, close } = await openAlone(config, { clock: machineClock, log, signal: io.signal })
    try {
      const book = openReceiptBook(config.dataDir, log)
      const { storeId, number } = await store.presentReceipt(book, true)
      await book.keep(storeId, number)
      print({ store: store.label }, `${store.label} counts as restored from a backup. ${MEANS}`)
    } finally {
      await close()
    }
  })
}

const MEANS =
  'Before a run goes on that had not ended, its tickets are looked for in Jira; windows and servers ask everything anew.'
