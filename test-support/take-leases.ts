import { createInterface } from 'node:readline'
import { pino } from 'pino'
import { AppError } from '../src-shared/errors/app-error.ts'
import { machineClock } from '../src-main/runtime/clock.ts'
import type { StoreConfig } from '../src-main/config/config.ts'
import { leaseOwner } from '../src-main/leases/lease-owner.ts'
import { createLease } from '../src-main/leases/lease.ts'
import { openStore } from '../src-main/store/open-store.ts'

// A process that tries to take each lease of a site that it is told the name of, and says whether it got it. It holds
// them until it is killed.
const [config = '', siteId = ''] = process.argv.slice(2)
const store = await openStore(JSON.parse(config) as StoreConfig, {
  clock: machineClock,
  log: pino({ level: 'silent' }),
  password: null,
})
const owner = leaseOwner()
const busy = (): AppError => new AppError('busy', 'Another process has it.')
const never = new AbortController().signal

process.stdout.write('ready\n')
for await (const name of createInterface({ input: process.stdin })) {
  const lease = createLease({
    store,
    siteId,
    name,
    owner,
    clock: machineClock,
    taken: busy,
    takenOver: busy,
  })
  const taking = lease.take({ waitMs: 0, signal: never, onLost: () => {} })
  process.stdout.write(
    await taking.then(
      () => 'taken\n',
      () => 'refused\n',
    ),
  )
}
