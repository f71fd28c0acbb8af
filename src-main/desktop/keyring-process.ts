import { utilityProcess } from 'electron'
import { keyringFile, type KeyringAnswer, type KeyringProcess } from '../secrets/keyring.ts'

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
