import { fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { projectFile } from '../runtime/project-files.ts'
import type { SecretStore } from './secret-store.ts'
import { orAbort, withTimeout } from '../runtime/async.ts'

interface KeyringParts {
  readonly start?: StartKeyring | undefined
  readonly platform?: NodeJS.Platform
  /** Real milliseconds that one call may take: the system may be asking a person for a password meanwhile. */
  readonly timeoutMs?: number
}

/**
 * What the system's keychain said when it refused, in three kinds: there is none (another store may do), it is locked
 * (the person can open it), or anything else. The texts are those of keyring-rs 4 and of what is beneath it.
 */
const LOCKED = [
  /prompt was dismissed|prompt dismissed|object locked/i, // Secret Service
  /interaction is not allowed|passphrase you entered is not correct|user canceled/i, // macOS: -25308, -25293, -128
]

const MISSING = [
  /DBus error|D-Bus|no secret service provider|no result found/i, // no bus, nobody on it, no keyring made yet
  /native binding|Cannot find (package|module)/i, // packed without it, or for another system
  /logon session/i, // Windows: a session without credentials, as some services and SSH have
]

/** What works without any store. */
export const SET_ENV =
  'set JIRA_API_KEY (and JIRA_USER for Jira Cloud), or DATABASE_URL (or PSQL_HOST with PSQL_PW) for PostgreSQL, in the environment or in .env'

const OR_ENV = `Without a keychain, ${SET_ENV}.`

const UNTOUCHED = 'No token or password was kept or read.'

/** Texts beneath the keychain that mean nothing to a person, and what they come to. */
const PLAIN_WORDS: readonly (readonly [RegExp, string])[] = [
  [/autolaunch|connection refused|no such file|DBUS_SESSION_BUS_ADDRESS/i, 'this session has no D-Bus'],
  [/no secret service provider|ServiceUnknown|not provided by any/i, 'no program on this system offers it'],
]

const TIMEOUT_MS = 60_000

/**
 * The system's keychain: macOS Keychain, Windows Credential Manager, on Linux the program that offers the Secret Service. Each
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
  { start = startNodeKeyring, timeoutMs = TIMEOUT_MS, label, signal }: AskParts,
): Promise<string | boolean | null> {
  if (signal.aborted) throw cancelled()
  const { promise: answered, resolve, reject } = Promise.withResolvers<string | boolean | null>()
  const late = (): never => {
    throw keyringWaits(label)
  }
  const keyring = start()
  keyring.onEnd(() => reject(keyringMissing(label, 'the process that asks it has ended')))
  keyring.onAnswer((answer) =>
    answer.kind === 'done' ? resolve(answer.value) : reject(keyringFailure(answer.said, label)),
  )
  keyring.send(question)
  return withTimeout(orAbort(answered, signal, cancelled), timeoutMs, late).finally(() => keyring.end())
}

function labelOf(platform: NodeJS.Platform): string {
  if (platform === 'darwin') return 'macOS Keychain'
  if (platform === 'win32') return 'Windows Credential Manager'
  return 'Secret Service (GNOME Keyring, KWallet)'
}

function cancelled(): AppError {
  return new AppError('cancelled', 'The keychain was not waited for any longer.', {
    consequence: 'No token or password was kept or read.',
  })
}

/** The error for a refusal. `retryable` says that the keychain is there and could work later. */
function keyringFailure(said: string, label: string): AppError {
  if (LOCKED.some((form) => form.test(said))) return keyringLocked(label)
  if (MISSING.some((form) => form.test(said))) return keyringMissing(label, said)
  return new AppError('secrets-unavailable', `${label} refuses: ${short(said)}.`, {
    consequence: UNTOUCHED,
    hint: OR_ENV,
  })
}

function keyringLocked(label: string): AppError {
  return unavailable(`${label} is locked`, `Unlock it and try again, or ${SET_ENV}.`, true)
}

/** It has not answered in time. On Linux that is a dialog for its password, which may be out of sight. */
export function keyringWaits(label: string): AppError {
  return unavailable(
    `${label} does not answer: it is locked, or waiting for its password dialog`,
    `Unlock it and try again, or ${SET_ENV}.`,
    true,
  )
}

function keyringMissing(label: string, said: string): AppError {
  return unavailable(`${label} is not there: ${short(said)}`, OR_ENV, false)
}

function unavailable(what: string, hint: string, retryable: boolean): AppError {
  return new AppError('secrets-unavailable', `${what}.`, { consequence: UNTOUCHED, hint, retryable })
}

function short(said: string): string {
  const plain = PLAIN_WORDS.find(([form]) => form.test(said))
  if (plain !== undefined) return plain[1]
  const line = said.split('\n')[0]?.trim().replace(/\.$/, '') ?? ''
  return line.length > 160 ? `${line.slice(0, 160)}…` : line
}

/** The process that asks the keychain, from the side of the process that started it. */
export interface KeyringProcess {
  send(question: KeyringQuestion): void
  onAnswer(listener: (answer: KeyringAnswer) => void): void
  /** Also where it could not be started. */
  onEnd(listener: () => void): void
  /** Ends it at once, whatever it waits for. */
  end(): void
}

export type StartKeyring = () => KeyringProcess

/** Starts it as a child of Node. `env`: its environment instead of this process's. */
export function startNodeKeyring(env?: NodeJS.ProcessEnv): KeyringProcess {
  const child = fork(keyringFile(), [], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    ...(env === undefined ? {} : { env }),
  })
  return {
    // A question that cannot be sent is answered by the end of the process.
    send: (question) => void child.send(question, () => {}),
    onAnswer: (listener) => void child.on('message', (answer) => listener(answer as KeyringAnswer)),
    onEnd(listener) {
      child.on('error', listener)
      child.on('exit', listener)
    },
    end: () => void child.kill('SIGKILL'),
  }
}

/** From source it is a neighbour; from a bundle it is an entry of its own, wherever this code has landed. */
export function keyringFile(): string {
  return import.meta.filename.endsWith('.ts')
    ? `${import.meta.dirname}/keyring-process.ts`
    : projectFile('out', 'main', 'keyring-process.js')
}

/** What the keyring's process is asked: one question a process. */
export type KeyringQuestion =
  | { readonly kind: 'probe' | 'get' | 'delete'; readonly account: string }
  | { readonly kind: 'set'; readonly account: string; readonly secret: string }

export type KeyringAnswer =
  | { readonly kind: 'done'; readonly value: string | boolean | null }
  /** What the keychain, or the loader of its native part, said. */
  | { readonly kind: 'failed'; readonly said: string }
