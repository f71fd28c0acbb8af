import { AppError } from '../../src-shared/errors/app-error.ts'

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

/** The error for a refusal. `retryable` says that the keychain is there and could work later. */
export function keyringFailure(said: string, label: string): AppError {
  if (LOCKED.some((form) => form.test(said))) return keyringLocked(label)
  if (MISSING.some((form) => form.test(said))) return keyringMissing(label, said)
  return new AppError('secrets-unavailable', `${label} refuses: ${short(said)}. ${UNTOUCHED}`, {
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

export function keyringMissing(label: string, said: string): AppError {
  return unavailable(`${label} is not there: ${short(said)}`, OR_ENV, false)
}

/** What works without any store. */
export const SET_ENV =
  'set JIRA_API_KEY (and JIRA_USER for Jira Cloud), or DATABASE_URL (or PSQL_HOST with PSQL_PW) for PostgreSQL, in the environment or in .env'
const OR_ENV = `Without a keychain, ${SET_ENV}.`
const UNTOUCHED = 'No token or password was kept or read.'

function unavailable(what: string, hint: string, retryable: boolean): AppError {
  return new AppError('secrets-unavailable', `${what}. ${UNTOUCHED}`, { hint, retryable })
}

/** Texts beneath the keychain that mean nothing to a person, and what they come to. */
const PLAIN_WORDS: readonly (readonly [RegExp, string])[] = [
  [/autolaunch|connection refused|no such file|DBUS_SESSION_BUS_ADDRESS/i, 'this session has no D-Bus'],
  [/no secret service provider|ServiceUnknown|not provided by any/i, 'no program on this system offers it'],
]

function short(said: string): string {
  const plain = PLAIN_WORDS.find(([form]) => form.test(said))
  if (plain !== undefined) return plain[1]
  const line = said.split('\n')[0]?.trim().replace(/\.$/, '') ?? ''
  return line.length > 160 ? `${line.slice(0, 160)}…` : line
}
