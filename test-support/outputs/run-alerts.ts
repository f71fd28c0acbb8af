import { AsyncLocalStorage } from 'node:async_hooks'
import Database from 'better-sqlite3'
import { Client } from 'pg'
import { pino } from 'pino'
import { evaluateAlerts } from '../../src-main/alerts/evaluator.ts'
import type { StoreConfig } from '../../src-main/config/config.ts'
import { leaseOwner } from '../../src-main/leases/lease-owner.ts'
import { startDelivery } from '../../src-main/outputs/delivery.ts'
import { createSender } from '../../src-main/outputs/send.ts'
import { machineClock } from '../../src-main/runtime/clock.ts'
import { openStore } from '../../src-main/store/open-store.ts'
import type { Store } from '../../src-main/store/store.ts'
import { createTestInstance } from '../alerts/alerts.ts'
import { never, say } from '../process/obey.ts'
import { SITE } from '../store/pages.ts'

/** Works of an instance that have statements: it evaluates, commits what came of it, looks what waits, claims, records an answer. */
const WORKS = ['evaluates', 'commits', 'looks', 'claims', 'records'] as const
type AlertWork = (typeof WORKS)[number]

export interface AlertsJob {
  readonly store: StoreConfig
  /** Where it is killed: before the nth statement of a work, or once that is sent; null: it is not. */
  readonly dieAt: { readonly work: AlertWork; readonly nth: number; readonly isAfter: boolean } | null
}

export type AlertsWord =
  | { readonly said: 'dies' }
  | { readonly said: 'committed' }
  /** After so many statements of each work. */
  | { readonly said: 'recorded'; readonly statements: Readonly<Record<AlertWork, number>> }

/** Evaluates the rules and sends what waits, until it is killed. */
const job = JSON.parse(process.argv[2] ?? '') as AlertsJob
const log = pino({ level: 'silent' })
const store = await openStore(job.store, { clock: machineClock, log, password: null })

const works = new AsyncLocalStorage<AlertWork>()
const statements = Object.fromEntries(WORKS.map((work) => [work, 0])) as Record<AlertWork, number>

function die(): void {
  say({ said: 'dies' })
  process.kill(process.pid, 'SIGKILL')
}

/** Has a statement of either engine be the last. */
function countStatements(prototype: object, methods: readonly string[]): void {
  const all = prototype as Record<string, (...given: unknown[]) => unknown>
  for (const method of methods) {
    const original = all[method]
    all[method] = function counted(...given) {
      const work = works.getStore() ?? 'evaluates'
      statements[work] += 1
      const isLast = work === job.dieAt?.work && statements[work] === job.dieAt.nth
      if (isLast && !job.dieAt.isAfter) die()
      const result = original?.apply(this, given)
      if (!isLast) return result
      // What is sent to a server leaves with the end of this turn.
      if (job.store.kind === 'sqlite') die()
      else setImmediate(die)
      return result
    }
  }
}
if (job.store.kind === 'sqlite')
  countStatements(Object.getPrototypeOf(new Database(':memory:').prepare('SELECT 1')) as object, [
    'run',
    'all',
  ])
else countStatements(Client.prototype, ['query'])

const watched: Store = {
  ...store,
  async recordAlerts(...given) {
    const isRecorded = await works.run('commits', () => store.recordAlerts(...given))
    say({ said: 'committed' })
    return isRecorded
  },
  waitingOutputs: (...given) => works.run('looks', () => store.waitingOutputs(...given)),
  outputs: (...given) => works.run('looks', () => store.outputs(...given)),
  dueMessages: (...given) => works.run('looks', () => store.dueMessages(...given)),
  claimMessage: (...given) => works.run('claims', () => store.claimMessage(...given)),
  async recordSent(...given) {
    const recorded = await works.run('records', () => store.recordSent(...given))
    say({ said: 'recorded', statements })
    return recorded
  },
}
const owner = leaseOwner()
void evaluateAlerts(createTestInstance(watched, machineClock, owner), never)
startDelivery(
  {
    store: watched,
    siteId: SITE,
    owner,
    secrets: { find: async () => ({ secret: null, in: 'none' }) },
    sender: createSender({ proxies: { httpProxy: null, httpsProxy: null, noProxy: null } }),
    dashboardUrl: () => null,
    clock: machineClock,
    log,
  },
  never,
)
setInterval(() => {}, 1_000)
