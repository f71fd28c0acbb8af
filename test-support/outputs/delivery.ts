import { pino } from 'pino'
import { startDelivery, type DeliveryParts } from '../../src-main/outputs/delivery.ts'
import { createOutputSecrets } from '../../src-main/outputs/output-secrets.ts'
import { createSender } from '../../src-main/outputs/send.ts'
import { leaseOwner } from '../../src-main/leases/lease-owner.ts'
import { machineClock } from '../../src-main/runtime/clock.ts'
import type { Secrets } from '../../src-main/secrets/secrets.ts'
import type { Store } from '../../src-main/store/store.ts'
import { atEnd } from '../end.ts'
import { SITE } from '../store/pages.ts'

function idOf(owner: Parameters<Secrets['kept']>[0]): string {
  return owner.kind === 'output' ? owner.id : ''
}

/** A keychain with these secrets, by the ids of outputs. */
function testSecrets(kept: Readonly<Record<string, string>>): Pick<Secrets, 'kept' | 'keep' | 'forget'> {
  const entries = new Map(Object.entries(kept))
  return {
    kept: async (owner) => entries.get(idOf(owner)) ?? null,
    keep: async (owner, secret) => void entries.set(idOf(owner), secret),
    forget: async (owner) => entries.delete(idOf(owner)),
  }
}

interface TestDelivery extends Partial<DeliveryParts> {
  readonly kept?: Readonly<Record<string, string>>
}

/** An instance that sends, until the test ends or `stop` is called. */
export function deliverFrom(store: Store, { kept = {}, ...more }: TestDelivery = {}) {
  const stopping = new AbortController()
  const sender = createSender({ proxies: { httpProxy: null, httpsProxy: null, noProxy: null } })
  const secrets = createOutputSecrets({ secrets: testSecrets(kept), environment: {}, clock: machineClock })
  const parts: DeliveryParts = {
    store,
    siteId: SITE,
    owner: leaseOwner(),
    secrets,
    sender,
    dashboardUrl: () => 'https://tpm.example.com',
    clock: machineClock,
    log: pino({ level: process.env['TEST_LOG'] ?? 'silent' }),
    random: () => 0,
    ...more,
  }
  startDelivery(parts, stopping.signal)
  const stop = async (): Promise<void> => {
    stopping.abort(new Error('the test is over'))
    await sender.close()
  }
  atEnd(stop)
  return { stop }
}
