import { pino } from 'pino'
import { AppError } from '../src-shared/errors/app-error.ts'
import { machineClock } from '../src-main/runtime/clock.ts'
import type { StoreConfig } from '../src-main/config/config.ts'
import { leaseOwner } from '../src-main/leases/lease-owner.ts'
import { createLease } from '../src-main/leases/lease.ts'
import { openStore } from '../src-main/store/open-store.ts'
import { never, obey, say } from './process/obey.ts'

/** What a process is told that takes leases. */
export type LeaseOrder =
  | { readonly store: StoreConfig; readonly siteId: string }
  /** Of the site that it was told before. */
  | { readonly lease: string }

// A process that tries to take each lease that it is told the name of, and says whether it got it. It holds them until
// it is killed.
const owner = leaseOwner()
const busy = (): AppError => new AppError('busy', 'Another process has it.')
const parts = { owner, clock: machineClock, taken: busy, takenOver: busy }
let opened: Pick<Parameters<typeof createLease>[0], 'store' | 'siteId'> | undefined

await obey(async (order: LeaseOrder) => {
  if ('store' in order) {
    const log = pino({ level: 'silent' })
    const store = await openStore(order.store, { clock: machineClock, log, password: null })
    opened = { store, siteId: order.siteId }
  } else if (opened !== undefined) {
    const lease = createLease({ ...parts, ...opened, name: order.lease })
    await lease.take({ waitMs: 0, signal: never, onLost: () => {} }).then(
      () => say({ said: 'taken' }),
      () => say({ said: 'refused' }),
    )
  }
})
