/** What the keyring's process is asked: one question a process. */
export type KeyringQuestion =
  | { readonly kind: 'probe' | 'get' | 'delete'; readonly account: string }
  | { readonly kind: 'set'; readonly account: string; readonly secret: string }

export type KeyringAnswer =
  | { readonly kind: 'done'; readonly value: string | boolean | null }
  /** What the keychain, or the loader of its native part, said. */
  | { readonly kind: 'failed'; readonly said: string }
