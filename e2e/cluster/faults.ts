import { setTimeout as delay } from 'node:timers/promises'
import type { Cluster } from './cluster.ts'
import { failOver, type Outage } from './failover.ts'
import { nowMs } from './meanwhile/viewers.ts'
import type { Node } from './patroni.ts'
import type { Server } from './server.ts'
import { DATABASE, type Team } from './team.ts'
import { until } from './until.ts'

export interface Scene {
  readonly cluster: Cluster
  readonly team: Team
  readonly signal: AbortSignal
}

/** An outage; where the primary was not the one to die, without what is said of one. */
export type Times = Pick<Outage, 'writtenMs' | 'shownMs'> & Partial<Outage>

interface Fault {
  /** As a person reads it. */
  readonly title: string
  /** Does it, measures it, and mends it. */
  readonly happen: (scene: Scene) => Promise<Times>
}

/** So long the primary is alone before it dies. */
const ALONE_MS = 2_000

/** What may go wrong, by the name that `--faults` takes. */
export const FAULTS = {
  machine: {
    title: 'kill -9 of the primary’s machine',
    happen: (scene) =>
      ofPrimary(scene, { strike: (primary) => primary.kill(), mend: async (primary) => primary.start() }),
  },
  postgres: {
    title: 'kill -9 of the primary’s PostgreSQL',
    happen: (scene) => ofPrimary(scene, { strike: (primary) => primary.killPostgres() }),
  },
  'switch-over': {
    title: 'switch-over, as for maintenance',
    happen: (scene) => ofPrimary(scene, { strike: (primary) => primary.switchOver() }),
  },
  partition: {
    title: 'the primary is cut off from etcd',
    happen: (scene) =>
      ofPrimary(scene, {
        strike: async (primary) => scene.cluster.cutOff(primary),
        mend: async (primary) => scene.cluster.reconnect(primary),
      }),
  },
  'lost-tail': {
    title: 'the primary writes what reaches no other, dies and comes back',
    happen: (scene) =>
      ofPrimary(scene, {
        strike: async (primary) => {
          scene.cluster.stopReplication(primary)
          await delay(ALONE_MS)
          await primary.kill()
        },
        mend: async (primary) => {
          scene.cluster.reconnect(primary)
          primary.start()
        },
      }),
  },
  edge: {
    title: 'kill -9 of an edge',
    happen: (scene) => ofServer(scene, scene.team.edges[0]),
  },
  fetcher: {
    title: 'kill -9 of the server that fetches',
    happen: (scene) => ofServer(scene, scene.team.fetchers[0]),
  },
} as const satisfies Record<string, Fault>

export type FaultName = keyof typeof FAULTS
export const FAULT_NAMES = Object.keys(FAULTS) as FaultName[]

interface OfPrimary {
  readonly strike: (primary: Node) => Promise<void>
  readonly mend?: (primary: Node) => Promise<void>
}

async function ofPrimary({ cluster, team, signal }: Scene, { strike, mend }: OfPrimary): Promise<Outage> {
  const primary = await cluster.settled()
  const outage = await failOver(cluster.nodes, {
    url: cluster.url(),
    database: DATABASE,
    viewers: team.viewers,
    signal,
    strike: () => strike(primary),
  })
  await mend?.(primary)
  return outage
}

/** A server dies, and a ticket is made: from its death until that is stored, and each viewer shows it. Then it is there again. */
async function ofServer({ team, signal }: Scene, server: Server | undefined) {
  const began = nowMs()
  const elapsed = (): number => Math.round(nowMs() - began)
  await server?.kill()
  const { viewer } = team
  const { key } = await team.site.add({ priority: { id: '1' } })
  const ask = { fromMs: Date.now() - 60_000, toMs: Date.now() + 60_000, limit: 500 }
  const isStored = async (): Promise<boolean> => {
    const found = await viewer.call('tickets.list', ask)
    return found.tickets.some((ticket) => ticket.key === key)
  }
  await until('a new ticket is stored', isStored, { everyMs: 50, signal })
  const writtenMs = elapsed()
  const { seq } = await viewer.call('counts.get', { ...viewer.span, bucketMinutes: 1 })
  const shownMs = await team.viewers.shown(seq, began)
  await server?.start()
  return { writtenMs, shownMs }
}

/** Somebody else's tickets, as long as the signal lets them be made: what is fetched while a run goes on. */
export async function makeTickets({ site }: Team, signal: AbortSignal): Promise<number> {
  for (let made = 0; ; made++) {
    if (signal.aborted) return made
    await site.add({ priority: { id: '2' } })
    await delay(700, undefined, { signal }).catch(() => {})
  }
}
