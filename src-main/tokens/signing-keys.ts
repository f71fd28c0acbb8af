import { createPrivateKey, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Log } from '../runtime/log.ts'
import type { SecretStore } from '../secrets/secret-store.ts'

/** A key that signs. */
export interface SigningKey {
  readonly kid: string
  /** RFC 8037: an Ed25519 public key, in Base64url. */
  readonly x: string
  /** Its private half; null: in the keychain. */
  readonly d: string | null
}

export type SigningKeys = ReturnType<typeof createSigningKeys>

const KID_BYTES = 16

/**
 * Where private keys are: the system's keychain, or where there is none the workspace's `tokens.json`. A process that only checks tokens
 * asks for none of them.
 */
export function createSigningKeys(keychain: SecretStore, log: Pick<Log, 'info' | 'warn'>) {
  return {
    /**
     * A new Ed25519 key, its private half put into the keychain where there is one. Throws `secrets-unavailable` where
     * the keychain is there and locked: a key goes nowhere else only because the right place is not unlocked yet.
     */
    async make(signal: AbortSignal): Promise<SigningKey> {
      const { x, d } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
      const kid = randomBytes(KID_BYTES).toString('base64url')
      const key = { kid, x: x as string, d: d as string }
      if (!(await isThere(keychain, log, signal))) return key
      await keychain.set(accountOf(kid), key.d, signal)
      return { ...key, d: null }
    },
    /** Throws `secrets-unavailable` where the keychain does not give it. */
    async privateHalf({ kid, x, d }: SigningKey, signal: AbortSignal): Promise<KeyObject> {
      const found = d ?? (await asked(keychain, kid, signal))
      if (found === null) throw unavailable(`The key that signs tokens is not in ${keychain.label} any more`)
      return createPrivateKey({ key: { kty: 'OKP', crv: 'Ed25519', x, d: found }, format: 'jwk' })
    },
    /** Deletes the private half of a key that signs no more. */
    async forget({ kid, d }: Pick<SigningKey, 'kid' | 'd'>, signal: AbortSignal): Promise<void> {
      if (d !== null) return
      try {
        await keychain.delete(accountOf(kid), signal)
      } catch (error) {
        log.warn({ err: error, kid }, 'a key that signs no more could not be deleted from the keychain')
      }
    },
  }
}

async function isThere(keychain: SecretStore, log: Pick<Log, 'info'>, signal: AbortSignal): Promise<boolean> {
  try {
    await keychain.probe(signal)
    return true
  } catch (error) {
    const isMissing = error instanceof AppError && error.code === 'secrets-unavailable' && !error.retryable
    if (!isMissing) throw error
    log.info(`there is no ${keychain.label}: the key that signs tokens is kept in the data folder`)
    return false
  }
}

async function asked(keychain: SecretStore, kid: string, signal: AbortSignal): Promise<string | null> {
  try {
    return await keychain.get(accountOf(kid), signal)
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'secrets-unavailable') throw error
    throw unavailable(`The key that signs tokens is in ${keychain.label}, which cannot be read now`, error)
  }
}

function accountOf(kid: string): string {
  return `token signing key ${kid}`
}

function unavailable(what: string, cause?: Error): AppError {
  return new AppError('secrets-unavailable', `${what}.`, {
    consequence: 'No token was made; those made before go on.',
    hint: 'Unlock the keychain and try again, or make a new key with jira-tpm token rotate.',
    cause,
  })
}
