import type { Client } from '../../src-shared/contract/client.ts'
import type { ConnectDraft } from './connect-jira.ts'
import { askTokenExpiry, askUser } from './connect-questions.ts'
import { say, type CliIo } from './io.ts'
import { askToken } from './jira-token.ts'

/** What the command line said; the rest is asked for. */
export interface GivenConnection {
  /** In the one form that we use. */
  readonly url: string
  /** A whole path. */
  readonly caFile: string | null
  readonly user?: string
  readonly project?: string
  readonly tokenStdin?: boolean
  readonly tokenExpires?: string
}

/** What is asked for before Jira is: who, the token, and its last day. */
export async function connectDraft(io: CliIo, client: Client, given: GivenConnection): Promise<ConnectDraft> {
  const { url, caFile, project = null } = given
  const { jira, tokenIn, secrets } = await client.call('settings.get', {})
  const user = given.user?.trim() || (io.isTTY ? await askUser(io, isCloudUrl(url)) : null)
  const kept = tokenIn !== 'none' && jira?.url === url && jira.user === user
  // Told before anybody types a token; a keychain that only waits for its password may yet take it.
  if (!kept && secrets.problem !== null) say(io, secrets.problem)
  const token = await askToken(io, given, kept)
  const tokenExpiresOn =
    given.tokenExpires ?? (await expiryOf(io, token, kept ? (jira?.tokenExpiresOn ?? null) : null))
  return { url, user, token, tokenExpiresOn, projectKey: project, caFile }
}

/** An address that is surely Cloud's; Cloud can have others too. */
export function isCloudUrl(url: string): boolean {
  return new URL(url).hostname.endsWith('.atlassian.net')
}

/** A kept token keeps its day. */
async function expiryOf(io: CliIo, token: string | null, kept: string | null): Promise<string | null> {
  if (token === null) return kept
  return io.isTTY ? askTokenExpiry(io) : null
}
