import { AppError } from '../../src-shared/errors/app-error.ts'

/**
 * What keeps Vault from giving something. `sealed`: it is there, but locked up; `away`: nobody answers, or not now;
 * `forbidden`: it does not know us, or our policy does not allow it; `missing`: there is nothing at that path; `refused`:
 * it does not take what we ask for; `untrusted`: it may not be Vault; `broken`: the answer is none of Vault's.
 */
export type VaultTrouble = 'sealed' | 'away' | 'forbidden' | 'missing' | 'refused' | 'untrusted' | 'broken'

/** A request to Vault that failed. Trouble that passes by itself is `secrets-unavailable`, all other `not-configured`. */
export class VaultError extends AppError {
  readonly trouble: VaultTrouble

  constructor(trouble: VaultTrouble, message: string, hint: string, cause?: unknown) {
    const passes = trouble === 'sealed' || trouble === 'away' || trouble === 'broken'
    super(passes ? 'secrets-unavailable' : 'not-configured', message, { hint, retryable: passes, cause })
    this.trouble = trouble
  }
}

const NOTHING = 'Nothing was given out.'
const GOES_ON = 'While it is open, Jira TPM goes on by itself then.'

export function sealed(host: string): VaultError {
  return new VaultError(
    'sealed',
    `Vault at ${host} is sealed: it gives out nothing until it is unsealed. ${NOTHING}`,
    `Have it unsealed (vault operator unseal). ${GOES_ON}`,
  )
}

/** `reason` completes "Vault at … cannot be reached: …". */
export function away(host: string, reason: string, cause?: unknown): VaultError {
  return new VaultError(
    'away',
    `Vault at ${host} cannot be reached: ${reason}. ${NOTHING}`,
    `Check VAULT_ADDR and the network, and that Vault runs. ${GOES_ON}`,
    cause,
  )
}

/** It answers, but cannot do it now: `reason` completes "Vault at … …". */
export function notNow(host: string, reason: string): VaultError {
  return new VaultError(
    'away',
    `Vault at ${host} ${reason}. ${NOTHING}`,
    `Look after that Vault if it goes on. ${GOES_ON}`,
  )
}

/** `act` completes "forbids to …". */
export function forbidden(host: string, act: string): VaultError {
  return new VaultError(
    'forbidden',
    `Vault at ${host} forbids to ${act}: permission denied. ${NOTHING}`,
    'Check that the token still works, and that its policy allows this (docs/vault.md has the whole policy).',
  )
}

export function missing(host: string, path: string): VaultError {
  return new VaultError(
    'missing',
    `Vault at ${host} has nothing at ${path}, or does not show it to us. ${NOTHING}`,
    'Check the mount and the path (VAULT_KV_MOUNT and VAULT_KV_PATH, VAULT_DB_MOUNT and VAULT_DB_ROLE, VAULT_NAMESPACE).',
  )
}

/** `said` is Vault's own word, with nothing secret in it. */
export function refused(host: string, act: string, said: string): VaultError {
  return new VaultError(
    'refused',
    `Vault at ${host} refuses to ${act}${said === '' ? '' : `: ${said}`}. ${NOTHING}`,
    'Check the settings of Vault that this is about (docs/vault.md).',
  )
}

export function untrusted(host: string, problem: string, hint: string): VaultError {
  return new VaultError('untrusted', `Vault at ${host} is not trusted: ${problem}. Nothing was sent.`, hint)
}

/** `what` completes "answered …". */
export function brokenAnswer(host: string, what: string): VaultError {
  return new VaultError(
    'broken',
    `Vault at ${host} answered ${what}, which is no answer of Vault’s. ${NOTHING}`,
    'Check that VAULT_ADDR is the address of a Vault, and no proxy’s page.',
  )
}

export function givenUp(): AppError {
  return new AppError('cancelled', 'Vault is not asked any more. Nothing was changed.')
}
