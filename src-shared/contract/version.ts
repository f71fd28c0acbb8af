import { type AppError, nothingDone } from '../errors/app-error.ts'

/**
 * Of methods, events and their shapes. Raised when a program of the version before would not be understood any more, or
 * would misunderstand; not for what is only new.
 */
export const CONTRACT_VERSION = 2

/** What this core serves: this version, and the one before, which `former-version.ts` translates. */
export const SERVED_VERSIONS: readonly number[] = [CONTRACT_VERSION, CONTRACT_VERSION - 1]

/** The first edition of Jira TPM that speaks the older of them: an earlier program cannot use this server. */
export const LEAST_CLIENT = '0.1.0'

/** Over HTTP a caller may send its own version, and the server sends those that it serves, with commas between. */
export const VERSION_HEADER = 'jira-tpm-contract'
/** On each answer of a server's API: `LEAST_CLIENT`. */
export const LEAST_CLIENT_HEADER = 'jira-tpm-least-client'

/** A browser cannot send headers with a socket: it says its version as this subprotocol, with the number after it. */
export const SOCKET_PROTOCOL = 'jira-tpm-contract.'

/** What a server tells whoever meets it first. */
export const HANDSHAKE = { versions: [...SERVED_VERSIONS], leastClient: LEAST_CLIENT }

/** The version that a caller says it speaks, by the header or the subprotocols of its socket; undefined where it says none. */
export function spokenVersion(headers: Readonly<Record<string, unknown>>): string | undefined {
  const [header, protocols] = [headers[VERSION_HEADER], headers['sec-websocket-protocol']]
  if (typeof header === 'string') return header
  const offered = typeof protocols === 'string' ? protocols.split(',').map((name) => name.trim()) : []
  return offered.find((name) => name.startsWith(SOCKET_PROTOCOL))?.slice(SOCKET_PROTOCOL.length)
}

/** Which side is too old where a caller of this version and a core that serves those cannot understand each other; null where they can. */
function outdatedSide(caller: unknown, served: readonly number[]): 'caller' | 'core' | null {
  const version = Number(caller)
  if (served.includes(version)) return null
  return version > Math.max(...served) ? 'core' : 'caller'
}

/** The same as the error that says which side to update. */
export function versionMismatch(caller: unknown, served = SERVED_VERSIONS): AppError | null {
  const side = outdatedSide(caller, served)
  if (side === null) return null
  const version = Number(caller)
  const said = Number.isInteger(version) ? `version ${version}` : 'no version that there is'
  return nothingDone(
    'other-version',
    `Who called speaks ${said} of the contract, and the Jira TPM that was called ${served.join(' and ')}.`,
    side === 'core'
      ? 'Update Jira TPM where it runs, and start it anew.'
      : 'Update the program that called; a window is up to date once it is loaded anew.',
  )
}
