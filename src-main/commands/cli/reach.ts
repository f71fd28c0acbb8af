import { existsSync } from 'node:fs'
import path from 'node:path'
import { nothingDone, type AppError } from '../../../src-shared/errors/app-error.ts'
import type { Config } from '../../config/config.ts'
import { LOCAL } from '../../config/team-config.ts'
import { rememberSecret } from '../../secrets/hide-secrets.ts'
import type { Secrets } from '../../secrets/secrets.ts'
import type { TokenPlace } from '../../team/kept-servers.ts'
import type { TeamAccount } from '../../team/session.ts'

/** The team server that a call goes to. */
export interface ReachedServer {
  readonly url: string
  readonly caFile: string | null
  /** Who this machine is there; `secrets` has the token of a sign-in. */
  readonly account: (secrets: Secrets) => Promise<TeamAccount>
}

/**
 * The team server that a call goes to: the one that is named, else the chosen one; null: none, but this machine's own
 * store. Throws `not-found` for one that this machine is not signed in to, and `usage` for what is no address.
 */
export async function reachedServer({
  team,
  dataDir,
}: Pick<Config, 'team' | 'dataDir'>): Promise<ReachedServer | null> {
  if (team.server === LOCAL) return null
  if (team.server === null && !existsSync(path.join(dataDir, 'servers.json'))) return null
  // Loaded late: most calls are of this machine's own store.
  const { createServerBook } = await import('../../team/kept-servers.ts')
  const book = (secrets: TokenPlace) => createServerBook({ dataDir, secrets })
  if (team.server !== null && team.token !== null) return givenServer(team.server, team.token)
  const { read, find } = book(NO_SECRETS)
  const named = team.server ?? read().chosen
  if (named === null) return null
  const server = find(named)
  const { url, caFile } = server
  return { url, caFile, account: async (secrets) => book(secrets).accountOf(server) }
}

/** With a token that was given by hand: it is good for as long as it is, and renewed by whoever gave it. */
async function givenServer(named: string, token: string): Promise<ReachedServer> {
  const { serverAddress } = await import('../../team/server-address.ts')
  const { url } = serverAddress(named)
  rememberSecret(token, null)
  const account: TeamAccount = {
    serverId: null,
    token: async () => token,
    renewedMs: () => Infinity,
    renewed: async () => {},
  }
  return { url, caFile: null, account: async () => account }
}

/** To read which servers there are takes no keychain. */
const NO_SECRETS: TokenPlace = {
  ready: async () => {},
  kept: async () => null,
  keep: async () => {},
  forget: async () => false,
}

/** Throws `usage` where a call goes to a team server, and its command is of this machine alone. */
export async function refuseServer(place: Pick<Config, 'team' | 'dataDir'>): Promise<void> {
  const server = await reachedServer(place)
  if (server !== null) throw ofThisMachine(server.url)
}

/** `url`: the server's. */
export function ofThisMachine(url: string): AppError {
  return nothingDone(
    'usage',
    `This command works on this machine's own store and files, not over ${new URL(url).host}.`,
    'With --server local it does so; who runs the server calls it there.',
  )
}
