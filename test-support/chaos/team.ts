import { testFolder } from '../end.ts'
import { onTestFinished } from 'vitest'
import type { TestSandbox } from '#jira-sandbox/testing'
import { testConfig } from '../store/postgres-config.ts'
import type { TestPostgres } from '../store/postgres.ts'
import { startFaultProxy, type FaultProxy } from '../fault-proxy.ts'
import { startMember, type Member, type MemberJob } from './member.ts'

/** A place of the team: its network to the server stays, whoever sits there. */
export interface Seat {
  readonly proxy: FaultProxy
  /** Its network is as it was. */
  heal(): void
  /** Who sits there now. */
  member(): Member
  /** Ends its member at once. */
  kill(): Promise<void>
  /** Seats a new one. */
  fill(): Promise<void>
}

export type Team = Awaited<ReturnType<typeof startTeam>>

/** Whenever something breaks, there is something on its way. */
const LATENCY_MS = 8

interface TeamParts {
  readonly script: string
  readonly server: TestPostgres
  readonly site: TestSandbox
  /** One for each seat: what is told to whoever sits there. */
  readonly seats: readonly Pick<MemberJob, 'host' | 'runs'>[]
}

/** Starts instances that share one server and one Jira, each with a network of its own; all end with the test. */
export async function startTeam({ script, server, site, seats }: TeamParts) {
  const everybody: Member[] = []
  const take = async ({ host, runs }: TeamParts['seats'][number]): Promise<Seat> => {
    const proxy = await startFaultProxy({ host: server.host, port: server.port })
    onTestFinished(() => proxy.close())
    proxy.setLatency(LATENCY_MS)
    const dataDir = testFolder()
    const { url, email, apiToken } = site
    const store = testConfig({ host: server.host, port: proxy.port, database: 'postgres' })
    const job: MemberJob = { store, site: { url, email, apiToken }, dataDir, host, runs }
    const seated = async (): Promise<Member> => {
      const one = await startMember(script, `member ${everybody.length + 1}`, job)
      everybody.push(one)
      return one
    }
    let member = await seated()
    return {
      proxy,
      heal() {
        proxy.heal()
        proxy.setLatency(LATENCY_MS)
      },
      member: () => member,
      kill: () => member.kill(),
      async fill() {
        member = await seated()
      },
    }
  }
  const taken = await Promise.all(seats.map(take))
  onTestFinished(() => Promise.all(taken.map((seat) => seat.kill().catch(() => {}))).then(() => {}))
  return {
    seats: taken,
    /** What all who ever sat there have said. */
    words: () => everybody.flatMap(({ words }) => words),
  }
}
