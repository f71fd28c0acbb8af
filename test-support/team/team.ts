import { onTestFinished } from 'vitest'
import type { Scope } from '../../src-shared/contract/schema.ts'
import type { Clock } from '../../src-main/runtime/clock.ts'
import type { TeamAccount } from '../../src-main/team/session.ts'
import { createTeamClient, type TeamClient, type TeamClientOptions } from '../../src-main/team/team-client.ts'
import { atEnd } from '../end.ts'
import { startServer, type ServerFixture } from '../server/server.ts'

export const NO_PROXIES = { httpProxy: null, httpsProxy: null, noProxy: null }

const TO_OPEN_MS = 60_000

/** A real server, as machines sign in to it; stopped when the test ends. */
export interface TeamServer extends ServerFixture {
  /** By which it is known: see `TeamAccount`. */
  readonly serverId: string
  /** A one-time code. */
  code(scope: Scope): Promise<string>
  /** A sign-in, kept in the test. */
  account(scope: Scope): Promise<HeldAccount>
}

export async function startTeamServer(options: Parameters<typeof startServer>[0] = {}): Promise<TeamServer> {
  const server = await startServer({ name: 'Team', ...options })
  atEnd(() => server.close())
  const { tokens } = server
  const serverId = await tokens.identity()
  const code = async (scope: Scope): Promise<string> =>
    (await tokens.createLink({ scope, ttlMs: TO_OPEN_MS })).code
  return {
    ...server,
    serverId,
    code,
    async account(scope) {
      const made = await tokens.login(await code(scope), 'laptop', new AbortController().signal)
      return heldAccount(made?.token ?? null, serverId)
    },
  }
}

export interface HeldAccount extends TeamAccount {
  held: string | null
  renewals: number
}

/** A sign-in that is kept in the test; without `serverId` at whichever server answers. */
export function heldAccount(token: string | null, serverId: string | null = null): HeldAccount {
  let renewedMs = Date.now()
  return {
    held: token,
    renewals: 0,
    serverId,
    async token() {
      return this.held
    },
    renewedMs: () => renewedMs,
    async renewed(next) {
      this.held = next
      this.renewals += 1
      renewedMs = Date.now()
    },
  }
}

/** The machine's, so much later. */
export function later(clock: Clock, ms: number): Clock {
  return { ...clock, now: () => clock.now() + ms }
}

/** Of a test: it is stopped when that ends. */
export function testTeamClient(
  url: string,
  account: TeamAccount,
  options: Partial<TeamClientOptions> = {},
): TeamClient & { readonly warnings: string[] } {
  const warnings: string[] = []
  const log = { warn: (...said: unknown[]) => void warnings.push(said.map(String).join(' ')) }
  const client = createTeamClient({
    url,
    caFile: null,
    proxies: NO_PROXIES,
    account,
    log: log as never,
    ...options,
  })
  onTestFinished(() => client.stop())
  return Object.assign(client, { warnings })
}
