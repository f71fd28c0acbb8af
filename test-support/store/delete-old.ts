import { setImmediate } from 'node:timers/promises'
import { pino } from 'pino'
import type { StoreConfig } from '../../src-main/config/config.ts'
import { machineClock } from '../../src-main/runtime/clock.ts'
import { openStore } from '../../src-main/store/open-store.ts'
import { obey, say } from '../process/obey.ts'

// A process that deletes, step by step, what is no longer kept in the stores that it is told of.

await obey(async (config: StoreConfig) => {
  const log = pino({ level: 'silent' })
  const store = await openStore(config, { clock: machineClock, log, password: null })
  while ((await store.deleteOld()).more) {
    say({ said: 'step' })
    await setImmediate()
  }
  await store.close()
})
