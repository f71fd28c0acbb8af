import { createInterface } from 'node:readline'
import { pino } from 'pino'
import { machineClock } from '../../../src-main/runtime/clock.ts'
import type { PostgresConfig } from '../../../src-main/config/config.ts'
import { openPostgresStore } from '../../../src-main/store/postgres/store.ts'

// A process that opens the store that it is told of, and says so when its tables are there.

process.stdout.write('ready\n')
for await (const line of createInterface({ input: process.stdin })) {
  const config = JSON.parse(line) as PostgresConfig
  const log = pino({ level: 'silent' })
  const store = await openPostgresStore(config, { clock: machineClock, log, password: null })
  process.stdout.write(`${store.health().state}\n`)
  await store.close()
}
