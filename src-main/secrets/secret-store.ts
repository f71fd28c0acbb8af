/**
 * Where secrets are kept. A secret is named by its account, as `jira https://name.atlassian.net me@example.com`. Every
 * method throws `secrets-unavailable` where the store is missing, locked or refuses; the error never holds a secret.
 */
export interface SecretStore {
  readonly kind: 'keychain' | 'safe-storage'
  /** For the person: `macOS Keychain`, `Secret Service (GNOME Keyring, KWallet)`, … */
  readonly label: string
  /** Writes a secret, reads it back and deletes it: only what worked once is relied on. */
  probe(signal: AbortSignal): Promise<void>
  /** Null where there is none. */
  get(account: string, signal: AbortSignal): Promise<string | null>
  /** Replaces what was there. */
  set(account: string, secret: string, signal: AbortSignal): Promise<void>
  /** False where there was none. */
  delete(account: string, signal: AbortSignal): Promise<boolean>
}
