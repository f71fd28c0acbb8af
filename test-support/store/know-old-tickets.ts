import { pino } from 'pino'
import { machineClock } from '../../src-main/runtime/clock.ts'
import type { StoreConfig } from '../../src-main/config/config.ts'
import { openStore } from '../../src-main/store/open-store.ts'
import { obey, say } from '../process/obey.ts'

// A process that notes of an older version's tickets whether a run made them, and says each step that it begins.

interface OldTicketsJob {
  readonly store: StoreConfig
  readonly siteId: string
}

export type OldTicketsWord =
  | { readonly said: 'ready' }
  | { readonly said: 'step' }
  | { readonly said: 'done' }

await obey(async ({ store: config, siteId }: OldTicketsJob) => {
  const store = await openStore(config, {
    log: pino({ level: 'silent' }),
    password: null,
    clock: machineClock,
  })
  do say({ said: 'step' })
  while (await store.knowOldTickets(siteId))
  say({ said: 'done' })
  await store.close()
})
