import { certificateProblem } from '../jira/connection-error.ts'
import { ExchangeFailure } from '../jira/exchange.ts'
import { away, untrusted, type VaultError } from './vault-error.ts'

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

/** The VaultError of an exchange without an answer. `lateMs`: its time was up, and how long that was. */
export function notReached(error: unknown, host: string, lateMs: number | null): VaultError {
  if (!(error instanceof ExchangeFailure)) throw error
  const { cause } = error
  const certificate = certificateProblem(cause)
  if (certificate !== null) {
    return untrusted(host, certificate.problem, certificate.hint.replace('the CA file', 'VAULT_CACERT'))
  }
  if (lateMs !== null) return away(host, `it did not answer within ${lateMs / 1_000} s`)
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  if (/^(?:ERR_SSL|EPROTO)/.test(code)) return away(host, 'it does not speak HTTPS at that address', error)
  return away(host, REASONS[code] ?? 'the connection broke', error)
}
