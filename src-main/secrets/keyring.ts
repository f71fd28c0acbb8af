import { randomUUID } from 'node:crypto'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { keyringFailure, keyringMissing, keyringWaits } from './keyring-failure.ts'
import type { KeyringQuestion } from './keyring-messages.ts'
import type { SecretStore } from './secret-store.ts'
import { startNodeKeyring, type StartKeyring } from './start-keyring.ts'

interface KeyringParts {
  readonly start?: StartKeyring | undefined
  readonly platform?: NodeJS.Platform
  /** Real milliseconds that one call may take: the system may be asking a person for a password meanwhile. */
  readonly timeoutMs?: number
}

const TIMEOUT_MS = 60_000

/**
 * The system's keychain: macOS Keychain, Windows Credential Manager, on Linux whoever offers the Secret Service. Each
 * call is a process, since a call that waits for a dialog can neither be cancelled nor outlived within ours.
 */
export function createKeyring(parts: KeyringParts = {}): SecretStore {
  const { platform = process.platform } = parts
  const label = labelOf(platform)
  const ask = (question: KeyringQuestion, signal: AbortSignal): Promise<string | boolean | null> =>
    askKeyring(question, { ...parts, label, signal })
  return {
    kind: 'keychain',
    label,
    probe: async (signal) => void (await ask({ kind: 'probe', account: `probe ${randomUUID()}` }, signal)),
    get: async (account, signal) => (await ask({ kind: 'get', account }, signal)) as string | null,
    set: async (account, secret, signal) => void (await ask({ kind: 'set', account, secret }, signal)),
    delete: async (account, signal) => (await ask({ kind: 'delete', account }, signal)) as boolean,
  }
}

interface AskParts extends KeyringParts {
  readonly label: string
  readonly signal: AbortSignal
}

async function askKeyring(
  question: KeyringQuestion,
  { start = startNodeKeyring, timeoutMs: patienceMs = TIMEOUT_MS, label, signal }: AskParts,
): Promise<string | boolean | null> {
  if (signal.aborted) throw cancelled()
  const asked = Promise.withResolvers<string | boolean | null>()
  const stop = (): void => asked.reject(cancelled())
  signal.addEventListener('abort', stop, { once: true })
  const timer = setTimeout(() => asked.reject(keyringWaits(label)), patienceMs)
  const keyring = start()
  keyring.onEnd(() => asked.reject(keyringMissing(label, 'the process that asks it has ended')))
  keyring.onAnswer((answer) =>
    answer.kind === 'done' ? asked.resolve(answer.value) : asked.reject(keyringFailure(answer.said, label)),
  )
  keyring.send(question)
  try {
    return await asked.promise
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
    keyring.end()
  }
}

function labelOf(platform: NodeJS.Platform): string {
  if (platform === 'darwin') return 'macOS Keychain'
  if (platform === 'win32') return 'Windows Credential Manager'
  return 'Secret Service (GNOME Keyring, KWallet)'
}

function cancelled(): AppError {
  return new AppError(
    'cancelled',
    'The keychain was not waited for any longer. No token or password was kept or read.',
  )
}
