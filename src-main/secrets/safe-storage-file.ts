import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { Type } from 'typebox'
import { Check } from 'typebox/value'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { writeFailure } from '../config/data-dir.ts'
import { withFolderLock } from '../workspace/folder-lock.ts'
import { SET_ENV } from './keyring.ts'
import type { SecretStore } from './secret-store.ts'
import { replaceJson } from '../runtime/private-files.ts'

/** Electron's safeStorage, as far as it is needed: it encrypts with a key that the system keeps for this program. */
export interface SafeStorage {
  isEncryptionAvailable(): boolean
  /** Where the key is on Linux; null on systems that have but one place. */
  backend(): string | null
  encrypt(text: string): Uint8Array
  /** Throws where the key is another one than that of `encrypt`. */
  decrypt(bytes: Uint8Array): string
}

/** Account to ciphertext in Base64. */
const SealedSecrets = Type.Record(Type.String(), Type.String())
type SealedSecrets = Record<string, string>

/** `credentials.json` of the workspace. There is never anything in it that is not encrypted. */
export function createSafeStorageFile(dataDir: string, safeStorage: SafeStorage): SecretStore {
  const file = path.join(dataDir, 'credentials.json')
  const change = (next: (old: SealedSecrets) => SealedSecrets): Promise<void> =>
    withFolderLock(dataDir, () => write(file, next(read(file))))

  return {
    kind: 'safe-storage',
    label: `an encrypted file (${file})`,
    async probe() {
      refuseWeak(safeStorage)
      const account = `probe ${randomUUID()}`
      const sealed = seal(safeStorage, account)
      await change((old) => ({ ...old, [account]: sealed }))
      const found = open(safeStorage, read(file)[account] ?? '', file)
      await change(({ [account]: _probe, ...rest }) => rest)
      if (found !== account) throw unavailable(`${file} does not give back what was put into it`)
    },
    async get(account) {
      refuseWeak(safeStorage)
      const sealed = read(file)[account]
      return sealed === undefined ? null : open(safeStorage, sealed, file)
    },
    async set(account, secret) {
      refuseWeak(safeStorage)
      const sealed = seal(safeStorage, secret)
      await change((old) => ({ ...old, [account]: sealed }))
    },
    async delete(account) {
      const had = account in read(file)
      if (had) await change(({ [account]: _forgotten, ...rest }) => rest)
      return had
    },
  }
}

/** Electron's `basic_text` is a key that everybody has: as good as plain text. */
function refuseWeak(safeStorage: SafeStorage): void {
  if (!safeStorage.isEncryptionAvailable()) throw unavailable('This system offers no encryption')
  const backend = safeStorage.backend()
  if (backend === 'basic_text' || backend === 'unknown') {
    throw unavailable('This system has no place for a key to encrypt with')
  }
}

function seal(safeStorage: SafeStorage, secret: string): string {
  try {
    return Buffer.from(safeStorage.encrypt(secret)).toString('base64')
  } catch (cause) {
    throw unavailable('The system did not encrypt it', cause)
  }
}

function open(safeStorage: SafeStorage, sealed: string, file: string): string {
  try {
    return safeStorage.decrypt(Buffer.from(sealed, 'base64'))
  } catch (cause) {
    throw unavailable(`What is in ${file} was encrypted with another key, and cannot be read`, cause)
  }
}

function read(file: string): SealedSecrets {
  let content: unknown
  try {
    content = JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw unavailable(`${file} cannot be read`, cause)
  }
  if (Check(SealedSecrets, content)) return content
  throw unavailable(`${file} is not of its form`)
}

function write(file: string, credentials: SealedSecrets): void {
  try {
    replaceJson(file, credentials)
  } catch (cause) {
    throw unavailable(`${file} cannot be written: ${writeFailure(cause)}`, cause)
  }
}

function unavailable(what: string, cause?: unknown): AppError {
  return new AppError('secrets-unavailable', `${what}.`, {
    consequence: 'No token or password was kept or read.',
    hint: `Enter it again, or ${SET_ENV}.`,
    cause,
  })
}
