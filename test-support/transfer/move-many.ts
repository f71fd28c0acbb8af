import { Writable } from 'node:stream'
import { pino } from 'pino'
import { machineClock } from '../../src-main/runtime/clock.ts'
import type { StoreConfig } from '../../src-main/config/config.ts'
import { openStore } from '../../src-main/store/open-store.ts'
import { streamOf, testTransfer } from './transfer.ts'

/**
 * Imports so many tickets, which are made up as they are read, and exports them again; writes how many there were. It is
 * a process of its own, so that its memory can be bounded.
 */
const [config = '', count = ''] = process.argv.slice(2)
const total = Number(count)

function* lines(): Generator<string> {
  yield 'id,created,priorityName,title\n'
  for (let n = 1; n <= total; n++) {
    const created = new Date(n * 60_000).toISOString()
    const title = `Payment ${n} fails with a message that is about as long as a title usually is`
    yield `${n},${created},High,${title}\n`
  }
}

const log = pino({ level: 'silent' })
const store = await openStore(JSON.parse(config) as StoreConfig, { clock: machineClock, log, password: null })
const transfer = testTransfer(store)
const { imported } = await transfer.importText('', { source: streamOf(lines()) })
let characters = 0
const stream = new Writable({
  write(chunk: Buffer, _encoding, done) {
    characters += chunk.length
    setImmediate(done)
  },
})
const exported = await transfer.exportTickets({
  format: 'jsonl',
  target: { stream },
  fromMs: null,
  toMs: null,
  withLeft: true,
  signal: new AbortController().signal,
  onProgress: () => {},
})
await store.close()
process.stdout.write(JSON.stringify({ imported, exported, characters }))
