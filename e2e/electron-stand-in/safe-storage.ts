import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto'
import type * as Electron from 'electron'
import { app } from './app.ts'
import { carried } from './carried.ts'
import { person } from './person.ts'

type Carried = 'isEncryptionAvailable' | 'getSelectedStorageBackend' | 'encryptString' | 'decryptString'

const IV_BYTES = 12
const TAG_BYTES = 16

/**
 * Encrypts for real, so that a test can tell that nothing is written in plain; its key is no secret, since there is no
 * system to keep one. What is encrypted in one start is read in the next of the same folder.
 */
export const safeStorage = carried('safeStorage', {
  isEncryptionAvailable: () => person.safeStorage !== 'none',
  getSelectedStorageBackend: () => (person.safeStorage === 'encrypted' ? 'gnome_libsecret' : 'basic_text'),
  encryptString(text) {
    refuseWithoutKey('encryptString')
    const iv = randomBytes(IV_BYTES)
    const cipher = createCipheriv('aes-256-gcm', key(), iv)
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
    return Buffer.concat([iv, cipher.getAuthTag(), sealed])
  },
  decryptString(sealed) {
    refuseWithoutKey('decryptString')
    const decipher = createDecipheriv('aes-256-gcm', key(), sealed.subarray(0, IV_BYTES))
    decipher.setAuthTag(sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES))
    return Buffer.concat([
      decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES)),
      decipher.final(),
    ]).toString()
  },
} satisfies Pick<Electron.SafeStorage, Carried>)

function refuseWithoutKey(method: string): void {
  if (person.safeStorage === 'none') throw new Error(`safeStorage.${method}: encryption is not available`)
}

function key(): Buffer {
  return scryptSync(app.getPath('userData'), 'stand-in', 32)
}
