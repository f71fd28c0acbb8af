import { safeStorage } from 'electron'
import type { SafeStorage } from '../secrets/safe-storage-file.ts'

/** Electron's encryption, its key kept by the system. To be asked only after Electron is ready. */
export const electronSafeStorage: SafeStorage = {
  isEncryptionAvailable: () => safeStorage.isEncryptionAvailable(),
  backend: () => (process.platform === 'linux' ? safeStorage.getSelectedStorageBackend() : null),
  encrypt: (text) => safeStorage.encryptString(text),
  decrypt: (bytes) => safeStorage.decryptString(Buffer.from(bytes)),
}
