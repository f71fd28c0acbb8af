import path from 'node:path'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { isLoopback } from '../jira/site-url.ts'
import type { Variables } from './settings-table.ts'

/** Whether secrets are asked of Vault. Throws `not-configured` where USE_VAULT is neither yes nor no. */
export function isVaultUsed({ USE_VAULT }: Variables): boolean {
  return isYes('USE_VAULT', USE_VAULT)
}

/** A HashiCorp Vault, or OpenBao, that follows the same HTTP API. */
export type VaultConfig = NonNullable<ReturnType<typeof readVault>>

export type VaultAuth =
  /** `file`: what held it, and holds the next one when this one is no good any more. */
  | { readonly kind: 'token'; readonly token: string; readonly file?: string }
  | {
      readonly kind: 'app-role'
      readonly mount: string
      readonly roleId: string
      readonly secretId: string
    }

/**
 * The Vault that the environment names; null where USE_VAULT does not say that it is used: VAULT_ADDR and VAULT_TOKEN
 * are there for Vault's own command line too. Throws `not-configured` where something is missing or wrong.
 */
export function readVault(variables: Variables, cwd: string) {
  if (!isVaultUsed(variables)) return null
  const { VAULT_NAMESPACE, VAULT_CACERT, VAULT_REDIRECT_HOSTS = '', VAULT_DB_ROLE } = variables
  const name = (of: keyof Variables, usual: string): string => namePath(of, variables[of] ?? usual)
  return {
    /** Before `/v1`: no query, no slash at its end. */
    address: vaultAddress(variables),
    /** Of Vault Enterprise; null: none. */
    namespace: VAULT_NAMESPACE === undefined ? null : namePath('VAULT_NAMESPACE', VAULT_NAMESPACE),
    /** A PEM file of certificates to believe besides the system's own; a whole path. */
    caFile: VAULT_CACERT === undefined ? null : path.resolve(cwd, VAULT_CACERT),
    /** Hosts, with their port where one was written, that a standby may send us on to, besides the address's own host. */
    redirectHosts: VAULT_REDIRECT_HOSTS.split(/[\s,]+/)
      .filter(Boolean)
      .map(hostName),
    auth: vaultAuth(variables, cwd),
    /** The database engine's role whose credentials the store uses; null: the store's have another source. */
    database:
      VAULT_DB_ROLE === undefined
        ? null
        : { mount: name('VAULT_DB_MOUNT', 'database'), role: namePath('VAULT_DB_ROLE', VAULT_DB_ROLE) },
    /** The secret of a KV engine, version 2, that holds the Jira's token. */
    kv: { mount: name('VAULT_KV_MOUNT', 'secret'), path: name('VAULT_KV_PATH', 'jira-tpm') },
  }
}

function vaultAddress(variables: Variables): string {
  const { VAULT_ADDR, VAULT_ALLOW_HTTP } = variables
  if (VAULT_ADDR === undefined) {
    throw refuse('USE_VAULT is set, but VAULT_ADDR is not', 'Set it, as https://vault.example.com:8200.')
  }
  const url = URL.parse(withPort(VAULT_ADDR, variables))
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw refuse('VAULT_ADDR is no URL', 'Set it, as https://vault.example.com:8200.')
  }
  if (url.username !== '' || url.password !== '') {
    throw refuse('VAULT_ADDR holds a user or a password', 'Vault knows us by a token or an AppRole.')
  }
  const isOpen = url.protocol === 'http:' && !isLoopback(url.hostname)
  if (isOpen && !isYes('VAULT_ALLOW_HTTP', VAULT_ALLOW_HTTP)) {
    throw refuse(
      `VAULT_ADDR is ${url.origin}: secrets would go in plain text`,
      'Use https://. Where nobody can listen in on the way, VAULT_ALLOW_HTTP=true allows it.',
    )
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '')
}

/** The first program's way: a host's name and a port. A URL that has a port keeps it. */
function withPort(address: string, { VAULT_PORT, VAULT_ALLOW_HTTP }: Variables): string {
  if (VAULT_PORT === undefined) return address
  if (!/^\d{1,5}$/.test(VAULT_PORT) || Number(VAULT_PORT) < 1 || Number(VAULT_PORT) > 65_535) {
    throw refuse('VAULT_PORT is no port from 1 to 65535', 'Vault’s own is 8200.')
  }
  const scheme = isYes('VAULT_ALLOW_HTTP', VAULT_ALLOW_HTTP) ? 'http' : 'https'
  const whole = address.includes('://') ? address : `${scheme}://${address}`
  const url = URL.parse(whole)
  if (url === null || /:\d+\/*$/.test(whole)) return whole
  url.port = VAULT_PORT
  return url.href
}

function vaultAuth(variables: Variables, cwd: string): VaultAuth {
  const {
    VAULT_TOKEN,
    VAULT_TOKEN_FILE,
    VAULT_ROLE_ID,
    VAULT_SECRET_ID,
    VAULT_APPROLE_MOUNT = 'approle',
  } = variables
  const hasRole = VAULT_ROLE_ID !== undefined || VAULT_SECRET_ID !== undefined
  if (VAULT_TOKEN !== undefined) {
    if (hasRole) {
      throw refuse('VAULT_TOKEN and an AppRole are both set', 'Take one of them out: only one can be meant.')
    }
    if (/^[!-~]+$/.test(VAULT_TOKEN)) {
      const file = VAULT_TOKEN_FILE === undefined ? {} : { file: path.resolve(cwd, VAULT_TOKEN_FILE) }
      return { kind: 'token', token: VAULT_TOKEN, ...file }
    }
    throw refuse('VAULT_TOKEN has a character in it that no token has', 'Copy it anew, whole.')
  }
  if (VAULT_ROLE_ID !== undefined && VAULT_SECRET_ID !== undefined) {
    const mount = namePath('VAULT_APPROLE_MOUNT', VAULT_APPROLE_MOUNT)
    return { kind: 'app-role', mount, roleId: VAULT_ROLE_ID, secretId: VAULT_SECRET_ID }
  }
  throw hasRole
    ? refuse('An AppRole needs both VAULT_ROLE_ID and VAULT_SECRET_ID, and one is missing', 'Set both.')
    : refuse(
        'USE_VAULT is set, but nothing says who we are to it',
        'Set VAULT_ROLE_ID and VAULT_SECRET_ID (an AppRole), or VAULT_TOKEN.',
      )
}

/**
 * A mount's, a role's or a secret's name, which becomes a part of a URL's path. Vault takes none that ends in a period:
 * https://developer.hashicorp.com/vault/api-docs#parameter-restrictions.
 */
function namePath(name: string, text: string): string {
  const parts = text.replace(/^\/+|\/+$/g, '').split('/')
  const isWhole = parts.every((part) => /^[\w .@-]{1,128}$/.test(part) && !part.endsWith('.'))
  if (isWhole) return parts.join('/')
  throw refuse(
    `${name} is no path of Vault’s`,
    'It may have letters, digits, -, _, . and @, and slashes between its parts.',
  )
}

function hostName(text: string): string {
  const url = /[/?#@\\]/.test(text) ? null : URL.parse(`https://${text}`)
  if (url !== null && url.hostname !== '') return url.host
  throw refuse(
    'VAULT_REDIRECT_HOSTS names what is no host',
    'Give hosts with commas between, as a.vault.example.com.',
  )
}

function isYes(name: string, value: string | undefined): boolean {
  if (value === undefined || /^(false|0|no|off)$/i.test(value)) return false
  if (/^(true|1|yes|on)$/i.test(value)) return true
  throw refuse(`${name} is neither true nor false`, 'Set it to true or false.')
}

function refuse(problem: string, hint: string): AppError {
  return new AppError('not-configured', `${problem}.`, { consequence: 'Nothing was asked of Vault.', hint })
}
