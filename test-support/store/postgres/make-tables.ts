import { pino } from 'pino'
import { machineClock } from '../../../src-main/runtime/clock.ts'
import type { PostgresConfig } from '../../../src-main/config/config.ts'
import { openPostgresStore } from '../../../src-main/store/postgres/store.ts'
import { obey } from '../../process/obey.ts'

// A process that opens the stores that it is told of: each has its tables then.

await obey(async (config: PostgresConfig) => {
  const log = pino({ level: 'silent' })
  await (await openPostgresStore(config, { clock: machineClock, log, password: null })).close()
})
