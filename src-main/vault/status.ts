import { hideSecrets } from '../secrets/hide-secrets.ts'
import { forbidden, missing, notNow, refused, sealed, type VaultError } from './vault-error.ts'

const LONGEST_WORD = 300

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
    .slice(0, LONGEST_WORD)
    .replace(/[.:;]+$/, '')
}
