import { type AppError, nothingDone } from '../errors/app-error.ts'

/**
 * Of methods, events and their shapes. Raised when a program of the version before would not be understood any more, or
 * would misunderstand; not for what is only new.
 */
export const CONTRACT_VERSION = 2

/** What this core serves. The version before goes in here where `createDispatch` translates its calls. */
export const SERVED_VERSIONS: readonly number[] = [CONTRACT_VERSION]

/** Over HTTP a caller may send its own version, and the server sends those that it serves, with commas between. */
export const VERSION_HEADER = 'jira-tpm-contract'

/** Why a caller of this version and a core that serves those cannot understand each other; null where they can. */
export function versionMismatch(caller: unknown, served = SERVED_VERSIONS): AppError | null {
  const version = Number(caller)
  if (served.includes(version)) return null
  const said = Number.isInteger(version) ? `version ${version}` : 'no version that there is'
  const isNewer = version > Math.max(...served)
  return nothingDone(
    'other-version',
    `Who called speaks ${said} of the contract, and the Jira TPM that was called ${served.join(' and ')}.`,
    isNewer
      ? 'Update Jira TPM where it runs, and start it anew.'
      : 'Update the program that called; a window is up to date once it is loaded anew.',
  )
}
