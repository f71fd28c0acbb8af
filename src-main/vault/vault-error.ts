import { AppError, nothingChanged } from '../../src-shared/errors/app-error.ts'
import { certificateProblem } from '../jira/network/connection-error.ts'
import { ExchangeFailure } from '../jira/network/exchange.ts'
import { hideSecrets } from '../secrets/hide-secrets.ts'

/**
 * What keeps Vault from giving something. `sealed`: it is there, but locked up; `away`: no answer, or not now;
 * `forbidden`: it does not know us, or our policy does not allow it; `missing`: there is nothing at that path; `refused`:
 * it does not take what we ask for; `untrusted`: it may not be Vault; `broken`: the answer is none of Vault's.
 */
type VaultTrouble = 'sealed' | 'away' | 'forbidden' | 'missing' | 'refused' | 'untrusted' | 'broken'

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing answers at that address',
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'names cannot be looked up now',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no network',
  ETIMEDOUT: 'nothing comes back from the network',
  UND_ERR_CONNECT_TIMEOUT: 'no connection was made in time',
  UND_ERR_HEADERS_TIMEOUT: 'it does not answer in time',
}

const MAX_REASON_LENGTH = 300

/** A request to Vault that failed. Trouble that passes by itself is `secrets-unavailable`, all other `not-configured`. */
export class VaultError extends AppError {
  readonly trouble: VaultTrouble

  constructor(
    trouble: VaultTrouble,
    what: string,
    hint: string,
    { consequence = 'Nothing was given out.', cause }: { consequence?: string; cause?: unknown } = {},
  ) {
    const passes = trouble === 'sealed' || trouble === 'away' || trouble === 'broken'
    const code = passes ? 'secrets-unavailable' : 'not-configured'
    super(code, what, { consequence, hint, retryable: passes, cause })
    this.trouble = trouble
  }
}

const GOES_ON = 'While it is open, Jira TPM goes on by itself then.'

function sealed(host: string): VaultError {
  return new VaultError(
    'sealed',
    `Vault at ${host} is sealed: it gives out nothing until it is unsealed.`,
    `Have it unsealed (vault operator unseal). ${GOES_ON}`,
  )
}

/** `reason` completes "Vault at … cannot be reached: …". */
function away(host: string, reason: string, cause?: unknown): VaultError {
  return new VaultError(
    'away',
    `Vault at ${host} cannot be reached: ${reason}.`,
    `Check VAULT_ADDR and the network, and that Vault runs. ${GOES_ON}`,
    { cause },
  )
}

/** It answers, but cannot do it now: `reason` completes "Vault at … …". */
export function notNow(host: string, reason: string): VaultError {
  return new VaultError(
    'away',
    `Vault at ${host} ${reason}.`,
    `Look after that Vault if it goes on. ${GOES_ON}`,
  )
}

/** `act` completes "forbids to …". */
function forbidden(host: string, act: string): VaultError {
  return new VaultError(
    'forbidden',
    `Vault at ${host} forbids to ${act}: permission denied.`,
    'Check that the token still works, and that its policy allows this (docs/vault.md has the whole policy).',
  )
}

function missing(host: string, path: string): VaultError {
  return new VaultError(
    'missing',
    `Vault at ${host} has nothing at ${path}, or does not show it to us.`,
    'Check the mount and the path (VAULT_KV_MOUNT and VAULT_KV_PATH, VAULT_DB_MOUNT and VAULT_DB_ROLE, VAULT_NAMESPACE).',
  )
}

/** `said` is Vault's own word, with nothing secret in it. */
export function refused(host: string, act: string, said: string): VaultError {
  return new VaultError(
    'refused',
    `Vault at ${host} refuses to ${act}${said === '' ? '' : `: ${said}`}.`,
    'Check the settings of Vault that this is about (docs/vault.md).',
  )
}

function untrusted(host: string, problem: string, hint: string): VaultError {
  return new VaultError('untrusted', `Vault at ${host} is not trusted: ${problem}.`, hint, {
    consequence: 'Nothing was sent.',
  })
}

/** `what` completes "answered …". */
export function brokenAnswer(host: string, what: string): VaultError {
  return new VaultError(
    'broken',
    `Vault at ${host} answered ${what}, which is no answer of Vault’s.`,
    'Check that VAULT_ADDR is the address of a Vault, and no proxy’s page.',
  )
}

export function givenUp(): AppError {
  return nothingChanged('cancelled', 'Vault is not asked any more.')
}

/**
 * The VaultError of an answer that says no. What each status means: https://developer.hashicorp.com/vault/api-docs#http-status-codes.
 * 400 is also Vault's answer for a database role that there is none of, and for a lease that has ended.
 */
export function failureOf(
  status: number,
  errors: readonly string[],
  { act, path }: { readonly act: string; readonly path: string },
  host: string,
): VaultError {
  const said = plain(errors.join('; '))
  switch (status) {
    case 400:
      return /unknown role/i.test(said) ? missing(host, path) : refused(host, act, said)
    case 403:
      return forbidden(host, act)
    case 404:
      return missing(host, path)
    case 405:
      return refused(host, act, said)
    case 412:
      return notNow(host, 'has not heard yet of what we refer to (HTTP 412)')
    case 429:
    case 472:
    case 473:
      return notNow(host, `takes no requests: it is a standby, or its limit is reached (HTTP ${status})`)
    case 501:
      return notNow(host, 'was never initialized (HTTP 501)')
    case 503:
      return said === '' || /seal/i.test(said)
        ? sealed(host)
        : notNow(host, `is down for maintenance (HTTP 503: ${said})`)
    default:
      return status >= 500
        ? notNow(host, `has trouble of its own (HTTP ${status}${said === '' ? '' : `: ${said}`})`)
        : refused(host, act, said === '' ? `HTTP ${status}` : said)
  }
}

/** Vault's words in one line, without what must not be shown. */
function plain(said: string): string {
  return hideSecrets(said)
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, MAX_REASON_LENGTH)
    .replace(/[.:;]+$/, '')
}

/** The VaultError of an exchange without an answer. `lateMs`: its time was up, and how long that was. */
export function notReached(error: unknown, host: string, lateMs: number | null): VaultError {
  if (!(error instanceof ExchangeFailure)) throw error
  const { cause } = error
  const certificate = certificateProblem(cause, { caFile: 'VAULT_CACERT' })
  if (certificate !== null) return untrusted(host, certificate.problem, certificate.hint)
  if (lateMs !== null) return away(host, `it did not answer within ${lateMs / 1_000} s`)
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  if (/^(?:ERR_SSL|EPROTO)/.test(code)) return away(host, 'it does not speak HTTPS at that address', error)
  return away(host, REASONS[code] ?? 'the connection broke', error)
}
