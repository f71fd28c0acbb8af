import { machineClock } from '../../../src-main/runtime/clock.ts'
import { newSlots, RUN } from '../runs.ts'
import { openSqliteStore } from '../../../src-main/store/sqlite/store.ts'

// A process that writes a run of as many slots as the second argument says, and says so when it is done.
const [file = '', count = '0'] = process.argv.slice(2)
const store = await openSqliteStore({ file, clock: machineClock })
await store.createRun(RUN, newSlots(Number(count)))
process.stdout.write('done\n')
