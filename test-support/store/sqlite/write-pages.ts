import { machineClock } from '../../../src-main/runtime/clock.ts'
import { page, ticket } from '../pages.ts'
import { openSqliteStore } from '../../../src-main/store/sqlite/store.ts'

// A process that stores page after page until it is killed, and says each commit's number when it is done. The ids of
// its tickets begin at the second argument.
const [file = '', first = '0'] = process.argv.slice(2)
const store = await openSqliteStore({ file, clock: machineClock })
for (let from = Number(first); ; from += 10) {
  const tickets = Array.from({ length: 10 }, (_, i) => ticket(String(from + i)))
  const { seq } = await store.applyPage(page(tickets, { watermarkMs: from + 10 }))
  process.stdout.write(`${seq}\n`)
}
