import { rememberSecret } from '../secrets/hide-secrets.ts'
import { KvSecret } from './answers.ts'
import type { VaultClient } from './client.ts'
import type { VaultTokens } from './tokens.ts'
import { refused, VaultError } from './vault-error.ts'

/** A Jira's account, as a secret of Vault's has it. */
export interface JiraAccount {
  readonly token: string
  /** Null: the secret has none, and the configuration's is used. */
  readonly user: string | null
}

/** Where a secret is, see `VaultConfig`. */
export interface KvPlace {
  readonly mount: string
  readonly path: string
}

/**
 * The newest version of the secret that holds the Jira's token, in its fields `api_token` and, where it is there, `user`;
 * null where there is no such secret, or that version was deleted. Throws VaultErrors.
 */
export async function readJiraAccount(
  client: VaultClient,
  tokens: VaultTokens,
  { mount, path }: KvPlace,
  signal: AbortSignal,
): Promise<JiraAccount | null> {
  const whole = `${mount}/data/${path}`
  const act = `read ${whole}`
  const read = tokens.use(
    ({ value }) => client.ask({ method: 'GET', path: whole, token: value, act }, KvSecret, signal),
    signal,
  )
  const secret = await read.catch((error: unknown) => {
    if (error instanceof VaultError && error.trouble === 'missing') return null
    throw error
  })
  if (secret === null) return null
  const { api_token: token, user } = secret.data.data
  if (typeof token !== 'string' || token === '') {
    throw refused(client.host, act, 'the secret has no field api_token with a text in it')
  }
  rememberSecret(token, typeof user === 'string' ? user : null)
  return { token, user: typeof user === 'string' && user !== '' ? user : null }
}
