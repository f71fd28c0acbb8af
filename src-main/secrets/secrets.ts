import type { Settings } from '../../src-shared/contract/settings.ts'
import { AppError, errorText, nothingSent, nothingStarted } from '../../src-shared/errors/app-error.ts'
import { changeConfigFile, readConfigFile } from '../config/config-file.ts'
import type { Config, PostgresConfig, SiteConfig } from '../config/config.ts'
import { accountName, type PostgresAccount } from '../config/store-config.ts'
import type { Log } from '../runtime/log.ts'
import type { Vault } from '../vault/vault.ts'
import { rememberSecret } from './hide-secrets.ts'
import { createKeyring, keyringWaits, SET_ENV, type StartKeyring } from './keyring.ts'
import { createSafeStorageFile, type SafeStorage } from './safe-storage-file.ts'
import { chooseSecretStore, type SecretStore } from './secret-store.ts'
import { coalesce, withTimeout } from '../runtime/async.ts'

/**
 * Whose secret it is: a token's address and user, a password's server, database and user, an output of alerts, webhooks, or a
 * sign-in at a team server by its id.
 */
type SecretOwner =
  | { readonly kind: 'team'; readonly url: string; readonly id: string }
  | { readonly kind: 'output'; readonly id: string }
  | HooksOwner
  | Pick<SiteConfig, 'kind' | 'url' | 'user'>
  | ({ readonly kind: 'postgres' } & PostgresAccount)

/**
 * Keeps the tokens of a workspace's Jiras and team servers, the passwords of its PostgreSQL servers and the secrets of its outputs,
 * never in plain text. Which kind of store has them is remembered in config.json, so that a later start looks there and nowhere else. All throw
 * `secrets-unavailable` where the store is missing, locked or refuses, and the errors of `changeConfigFile`.
 */
export interface Secrets {
  /** Where Vault is used: what it has. */
  readonly vault?: Pick<Vault, 'jiraAccount' | 'database'>
  /** Where a secret would be kept now. Answers within seconds, also while a keychain waits for its password. */
  store(signal: AbortSignal): Promise<Settings['secrets']>
  /** Throws where no secret could be kept now: asked before a secret is made that can be had once. */
  ready(signal: AbortSignal): Promise<void>
  /** Null where none is kept. */
  kept(owner: SecretOwner, signal: AbortSignal): Promise<string | null>
  /** Replaces the one that was kept for this owner. */
  keep(owner: SecretOwner, secret: string, signal: AbortSignal): Promise<void>
  /** False where none was kept. */
  forget(owner: SecretOwner, signal: AbortSignal): Promise<boolean>
}

export interface SecretsParts {
  readonly dataDir: string
  readonly log: Pick<Log, 'warn'>
  /** Electron's way to encrypt, where there is Electron. */
  readonly safeStorage?: SafeStorage | undefined
  /** Electron's way to start a process, where there is Electron. */
  readonly startKeyring?: StartKeyring | undefined
  readonly keychain?: SecretStore
  /** Real milliseconds that `store` waits for a keychain which does not answer. */
  readonly keychainTimeoutMs?: number
}

const KEYCHAIN_TIMEOUT_MS = 5_000

export function createSecrets(parts: SecretsParts): Secrets {
  const { dataDir, log, safeStorage, startKeyring, keychainTimeoutMs = KEYCHAIN_TIMEOUT_MS } = parts
  const keychain = parts.keychain ?? createKeyring({ start: startKeyring })
  const stores = [
    keychain,
    ...(safeStorage === undefined ? [] : [createSafeStorageFile(dataDir, safeStorage)]),
  ]
  const remembered = (): SecretStore['kind'] | undefined => readConfigFile(dataDir).tokenIn

  /** Shared by all who ask meanwhile, and kept while it works: a probe writes. */
  const choose = coalesce(
    (signal: AbortSignal) => chooseSecretStore(firstOf(stores, remembered()), log, signal),
    'kept',
  )

  /** Where secrets were put before; null where none ever was. */
  const usedStore = (): SecretStore | null => {
    const kind = remembered()
    if (kind === undefined) return null
    return stores.find((store) => store.kind === kind) ?? refuseDesktopOnly()
  }

  /** What another store still has is old: it could not be used just now, and is not asked again. */
  const remember = async (kind: SecretStore['kind']): Promise<void> => {
    if (remembered() === kind) return
    await changeConfigFile(dataDir, (content) => ({ ...content, tokenIn: kind }))
  }

  return {
    async store(signal) {
      try {
        const { kind, label } = await withTimeout(choose(signal), keychainTimeoutMs, () => {
          throw keyringWaits(keychain.label)
        })
        return { kind, label, problem: null }
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'secrets-unavailable') throw error
        const problem = errorText(error)
        return { kind: 'none', label: keychain.label, problem, ...(error.retryable && { isLocked: true }) }
      }
    },
    ready: async (signal) => void (await choose(signal)),
    kept: async (owner, signal) => (await usedStore()?.get(accountOf(owner), signal)) ?? null,
    async keep(owner, secret, signal) {
      const store = await choose(signal)
      try {
        await store.set(accountOf(owner), secret, signal)
      } catch (error) {
        choose.forget()
        throw error
      }
      await remember(store.kind)
    },
    forget: async (owner, signal) => (await usedStore()?.delete(accountOf(owner), signal)) ?? false,
  }
}

/** What a secret is filed under. */
function accountOf(owner: SecretOwner): string {
  if (owner.kind === 'output') return `output ${owner.id}`
  if (owner.kind === 'hooks') return `jira-webhook-secret ${owner.jira}`
  if (owner.kind === 'team') return `team ${owner.url} ${owner.id}`
  return owner.kind === 'postgres'
    ? `postgres ${accountName(owner)}`
    : `jira ${owner.url} ${owner.user ?? ''}`
}

/** The remembered store is tried before all others. */
function firstOf(stores: readonly SecretStore[], kind: SecretStore['kind'] | undefined): SecretStore[] {
  return stores.toSorted((a, b) => Number(b.kind === kind) - Number(a.kind === kind))
}

function refuseDesktopOnly(): never {
  throw nothingSent(
    'secrets-unavailable',
    'The secrets of this workspace are in a file that only the desktop app can read.',
    `For the command line, ${SET_ENV}.`,
  )
}

/** Who we are to a site. */
export interface SiteAccount extends Pick<SiteConfig, 'user'> {
  readonly token: string
  readonly from: 'environment' | 'vault' | 'kept'
}

/**
 * The account for a site: that of the environment, else Vault's, where it is used, else the one that is kept. Throws
 * `not-configured`, saying what to set, where there is none, and VaultErrors: while Vault does not say whether it has one,
 * no other takes its place.
 */
export async function resolveAccount(
  site: SiteConfig,
  secrets: Pick<Secrets, 'kept' | 'vault'>,
  signal: AbortSignal,
): Promise<SiteAccount> {
  const ofVault = site.token === null && site.tokenFrom === 'vault' ? secrets.vault : undefined
  const found = await ofVault?.jiraAccount(signal)
  if (found) {
    const user = found.user ?? site.user
    refuseNoAddress(site.url, user)
    return { user, token: found.token, from: 'vault' }
  }
  const token = await resolveToken(site, secrets, signal)
  return { user: site.user, token, from: site.token === null ? 'kept' : 'environment' }
}

async function resolveToken(
  site: SiteConfig,
  secrets: Pick<Secrets, 'kept' | 'vault'>,
  signal: AbortSignal,
): Promise<string> {
  const { url, user } = site
  refuseNoAddress(url, user)
  const token = site.token ?? (await secrets.kept(site, signal))
  if (token === null) {
    const whose = user === null ? '' : ` and ${user}`
    const nowhere = secrets.vault === undefined ? '' : ', in Vault neither'
    throw nothingSent(
      'not-configured',
      `There is no API token for ${url}${whose}${nowhere}.`,
      'Connect this Jira in the settings or with jira-tpm connect, or set JIRA_API_KEY (and JIRA_USER for Jira Cloud) in the environment or in .env. Without an account, use --jira sandbox.',
    )
  }
  rememberSecret(token, user)
  return token
}

function refuseNoAddress(url: string, user: string | null): void {
  if (user === null && new URL(url).hostname.endsWith('.atlassian.net')) {
    throw nothingSent(
      'not-configured',
      `${url} wants an e-mail address with the token.`,
      'Connect it again with your address, or set JIRA_USER to it.',
    )
  }
}

/**
 * The password for a PostgreSQL server: that of the environment, else the one that is kept; null where there is none,
 * as many servers ask for none. No log shows it from then on.
 */
export async function resolvePassword(
  store: PostgresConfig,
  secrets: Pick<Secrets, 'kept'>,
  signal: AbortSignal,
): Promise<string | null> {
  const password = store.password ?? (await secrets.kept(store, signal))
  if (password !== null) rememberSecret(password, store.user)
  return password
}

/** Whose webhooks: the address of the Jira, or `sandbox`. */
interface HooksOwner {
  readonly kind: 'hooks'
  readonly jira: string
}

export function hooksOwner({ jira }: Pick<Config, 'jira'>): HooksOwner {
  return { kind: 'hooks', jira: jira.kind === 'site' ? jira.url : 'sandbox' }
}

/** A shorter one could be found by trying: who once saw a signed body can do that at home. */
const LEAST_HOOKS_SECRET = 16

/**
 * What the configured Jira signs its webhooks with: that of the environment, else the one that is kept. Throws
 * `not-configured`, saying what to do, where there is none or a short one. No log shows it from then on.
 */
export async function resolveHooksSecret(
  config: Pick<Config, 'jira' | 'hooksSecret'>,
  secrets: Pick<Secrets, 'kept'>,
  signal: AbortSignal,
): Promise<string> {
  const secret = config.hooksSecret ?? (await secrets.kept(hooksOwner(config), signal))
  if (secret === null) {
    throw nothingStarted(
      'not-configured',
      `There is no secret for the webhooks of ${hooksOwner(config).jira}, so nobody could tell Jira's from a stranger's.`,
      'Set JIRA_WEBHOOK_SECRET, or JIRA_WEBHOOK_SECRET_FILE to a file that holds it, to the secret that the webhook has in Jira.',
    )
  }
  rememberSecret(secret, null)
  if (secret.length >= LEAST_HOOKS_SECRET) return secret
  throw nothingStarted(
    'not-configured',
    `The secret for webhooks is shorter than ${LEAST_HOOKS_SECRET} characters, so that it could be guessed.`,
    'Give the webhook a longer one in Jira, as openssl rand -hex 32 makes it, and set JIRA_WEBHOOK_SECRET to that.',
  )
}

/** Where a token or a password is, without telling it. */
export async function whereSecretIs(
  owner: SecretOwner,
  ofEnvironment: string | null,
  { secrets, store }: { secrets: Pick<Secrets, 'kept'>; store: Settings['secrets'] },
  signal: AbortSignal,
): Promise<Settings['tokenIn']> {
  if (ofEnvironment !== null) return 'environment'
  // Asked all the same, a locked keychain would show one more dialog for its password.
  if (store.kind === 'none') return 'none'
  // A keychain that cannot be asked is reported by `store`.
  const secret = await secrets.kept(owner, signal).catch(() => null)
  return secret === null ? 'none' : store.kind
}
