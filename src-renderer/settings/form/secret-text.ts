import type { Settings } from '../../../src-shared/contract/settings.ts'

export type SecretPlace = Settings['tokenIn']
type Secrets = Settings['secrets']

/** Where one goes that is filled in; empty where this machine has no place for it. */
export function secretGoesText(secrets: Secrets | undefined): string {
  const place = { keychain: 'in the keychain', 'safe-storage': 'encrypted', none: '' }[
    secrets?.kind ?? 'none'
  ]
  return place === '' ? '' : `It is kept ${place} and never shown.`
}

/** Where the present one is, in the place of its characters. */
export function secretIsText(place: SecretPlace): string {
  return {
    keychain: 'kept in the keychain',
    'safe-storage': 'kept encrypted',
    environment: 'given by the environment',
    vault: 'given by Vault',
    none: '',
  }[place]
}

/** The same as a sentence: `Its token is kept in macOS Keychain.` `none` is what is said where there is none. */
export function secretSentence(what: string, place: SecretPlace, secrets: Secrets, none: string): string {
  return {
    keychain: `Its ${what} is kept in ${secrets.label}.`,
    'safe-storage': `Its ${what} is kept encrypted, for this program alone.`,
    environment: `Its ${what} is given by the environment.`,
    vault: `Its ${what} is given by Vault.`,
    none,
  }[place]
}
