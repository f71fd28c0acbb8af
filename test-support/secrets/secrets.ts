import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { SafeStorage } from '../../src-main/secrets/safe-storage-file.ts'
import type { SecretStore } from '../../src-main/secrets/secret-store.ts'

export interface MemoryKeychain extends SecretStore {
  readonly entries: Map<string, string>
  /** What is wrong with it; null: it works. */
  trouble: 'locked' | 'missing' | 'silent' | null
  probes: number
}

/** A keychain of the test's own, in place of the system's. */
export function createMemoryKeychain(): MemoryKeychain {
  const entries = new Map<string, string>()
  const keychain: MemoryKeychain = {
    kind: 'keychain',
    label: 'a keychain',
    entries,
    trouble: null,
    probes: 0,
    async probe() {
      keychain.probes++
      await usable()
    },
    async get(account) {
      await usable()
      return entries.get(account) ?? null
    },
    async set(account, secret) {
      await usable()
      entries.set(account, secret)
    },
    async delete(account) {
      await usable()
      return entries.delete(account)
    },
  }
  const usable = async (): Promise<void> => {
    const { trouble } = keychain
    if (trouble === 'silent') await new Promise(() => {})
    if (trouble === null) return
    throw new AppError('secrets-unavailable', `The keychain is ${trouble}.`, {
      hint: 'Set JIRA_API_KEY.',
      retryable: trouble === 'locked',
    })
  }
  return keychain
}

/** Encrypts for real, with a key that is gone with the test. */
export function createTestSafeStorage(backend: string | null = 'gnome_libsecret'): SafeStorage {
  const key = randomBytes(32)
  return {
    isEncryptionAvailable: () => true,
    backend: () => backend,
    encrypt(text) {
      const iv = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', key, iv)
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([iv, cipher.getAuthTag(), sealed])
    },
    decrypt(bytes) {
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12))
      decipher.setAuthTag(bytes.subarray(12, 28))
      return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString()
    },
  }
}
