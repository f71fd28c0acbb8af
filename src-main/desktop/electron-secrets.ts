import { safeStorage, utilityProcess } from 'electron'
import { keyringFile, type KeyringAnswer, type KeyringProcess } from '../secrets/keyring.ts'
import type { SafeStorage } from '../secrets/safe-storage-file.ts'

/** Electron's encryption, its key kept by the system. To be asked only after Electron is ready. */
export const electronSafeStorage: SafeStorage = {
  isEncryptionAvailable: () => safeStorage.isEncryptionAvailable(),
  backend: () => (process.platform === 'linux' ? safeStorage.getSelectedStorageBackend() : null),
  encrypt: (text) => safeStorage.encryptString(text),
  decrypt: (bytes) => safeStorage.decryptString(Buffer.from(bytes)),
}

/** Starts the process that asks the keychain as Electron's own: a packaged Electron runs no plain Node. */
export function startUtilityKeyring(): KeyringProcess {
  const child = utilityProcess.fork(keyringFile(), [], { serviceName: 'Jira TPM keychain', stdio: 'ignore' })
  return {
    send: (question) => child.postMessage(question),
    onAnswer: (listener) => void child.on('message', (answer: KeyringAnswer) => listener(answer)),
    onEnd: (listener) => void child.on('exit', listener),
    end: () => void child.kill(),
  }
}
