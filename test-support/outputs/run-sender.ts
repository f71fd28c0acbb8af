import { pino } from 'pino'
import { leaseOwner } from '../../src-main/leases/lease-owner.ts'
import { startDelivery } from '../../src-main/outputs/delivery.ts'
import { createSender } from '../../src-main/outputs/send.ts'
import { machineClock } from '../../src-main/runtime/clock.ts'
import type { StoreConfig } from '../../src-main/config/config.ts'
import { openStore } from '../../src-main/store/open-store.ts'
import type { Store } from '../../src-main/store/store.ts'
import { SITE } from '../store/pages.ts'

/** Where a process that sends is killed: before or after it claims, once its message has left, or before or after it records. */
export type SendBoundary = 'claims' | 'claimed' | 'answered' | 'recorded'

export interface SenderJob {
  readonly store: StoreConfig
  readonly dieAt: SendBoundary | null
}

/** Sends what waits, until it is killed. */
const job = JSON.parse(process.argv[2] ?? '') as SenderJob
const log = pino({ level: 'silent' })
const store = await openStore(job.store, { clock: machineClock, log, password: null })

const dieAt = async (boundary: SendBoundary): Promise<void> => {
  if (job.dieAt !== boundary) return
  process.kill(process.pid, 'SIGKILL')
  await new Promise(() => {})
}

const mortal: Store = {
  ...store,
  async claimMessage(...claim) {
    await dieAt('claims')
    const claimed = await store.claimMessage(...claim)
    if (claimed !== null) await dieAt('claimed')
    return claimed
  },
  async recordSent(...sent) {
    await dieAt('answered')
    const recorded = await store.recordSent(...sent)
    await dieAt('recorded')
    return recorded
  },
}

startDelivery(
  {
    store: mortal,
    siteId: SITE,
    owner: leaseOwner(),
    secrets: { find: async () => ({ secret: null, in: 'none' }) },
    sender: createSender({ proxies: { httpProxy: null, httpsProxy: null, noProxy: null } }),
    dashboardUrl: () => null,
    clock: machineClock,
    log,
  },
  new AbortController().signal,
)
setInterval(() => {}, 1_000)
