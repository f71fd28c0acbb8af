import { onTestFinished } from 'vitest'
import type { TeamAccount } from '../../src-main/team/session.ts'
import { createTeamClient, type TeamClient, type TeamClientOptions } from '../../src-main/team/team-client.ts'
import { HELLO } from './front.ts'

export const NO_PROXIES = { httpProxy: null, httpsProxy: null, noProxy: null }

/** A sign-in that is kept in the test. */
export function heldAccount(token: string | null): TeamAccount & { held: string | null; renewals: number } {
  let renewedMs = Date.now()
  return {
    held: token,
    renewals: 0,
    serverId: HELLO.serverId,
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
