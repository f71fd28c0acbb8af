import { Type, type Static, type TSchema } from 'typebox'
import { Check } from 'typebox/value'
import type { NetworkConfig } from '../config/environment.ts'
import type { VaultConfig } from '../config/vault-config.ts'
import { ACCEPTED_ENCODING, readBody } from '../jira/answer.ts'
import { exchange, type RawAnswer } from '../jira/network/exchange.ts'
import { createNetwork } from '../jira/network/network.ts'
import { startDeadline } from '../jira/transport.ts'
import { brokenAnswer, failureOf, givenUp, notNow, notReached, VaultError } from './vault-error.ts'

interface VaultRequest {
  readonly method: 'GET' | 'POST' | 'PUT'
  /** Below `/v1/`. It holds no secret. */
  readonly path: string
  readonly body?: object
  /** Null: for what Vault answers without a token. */
  readonly token: string | null
  /** What it is for: completes "forbids to …". */
  readonly act: string
}

/** Vault's HTTP API, https://developer.hashicorp.com/vault/api-docs. All throw a VaultError, and `cancelled`. */
export interface VaultClient {
  /** Host and port, for sentences. */
  readonly host: string
  /** What Vault answers, checked by a schema. */
  ask<S extends TSchema>(request: VaultRequest, schema: S, signal: AbortSignal): Promise<Static<S>>
  /** For what has no answer but that it was done. */
  send(request: VaultRequest, signal: AbortSignal): Promise<void>
  /** Gives up what is under way. */
  close(): Promise<void>
}

/** Real milliseconds. A request may wait for PostgreSQL: Vault makes the user there. */
const TIMEOUTS = { connectMs: 5_000, callMs: 15_000 }

const MAX_ANSWER_BYTES = 2 ** 20

/** From a standby to the active node, and once more where that has just changed. */
const MAX_REDIRECTS = 2

type Timeouts = typeof TIMEOUTS

export function createVaultClient(
  config: Pick<VaultConfig, 'address' | 'namespace' | 'caFile' | 'redirectHosts'>,
  proxies: NetworkConfig,
  { connectMs, callMs }: Timeouts = TIMEOUTS,
): VaultClient {
  const first = new URL(config.address)
  const { host } = first
  const network = createNetwork({ proxies, caFile: config.caFile, connectMs })

  const once = async (url: URL, request: VaultRequest, signal: AbortSignal): Promise<RawAnswer> => {
    const deadline = startDeadline(callMs, signal)
    try {
      return await exchange(
        network.wayTo(url).dispatcher,
        {
          origin: url.origin,
          path: url.pathname,
          method: request.method,
          headers: headersOf(request, config.namespace),
          body: request.body === undefined ? null : JSON.stringify(request.body),
          firstByteMs: callMs,
          maxBytes: MAX_ANSWER_BYTES,
          mayLeave: () => !signal.aborted,
        },
        deadline.signal,
      )
    } catch (error) {
      if (signal.aborted) throw givenUp()
      throw notReached(error, url.host, deadline.passed() ? callMs : null)
    } finally {
      deadline.clear()
    }
  }
  /** The text of an answer that is a success. */
  const send = async (request: VaultRequest, signal: AbortSignal): Promise<string> => {
    if (signal.aborted) throw givenUp()
    let url = new URL(`${first.pathname.replace(/\/$/, '')}/v1/${encodedPath(request.path)}`, first)
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      const answer = await once(url, request, signal)
      if (answer.status < 300 || answer.status >= 400) return textOf(answer, request, url.host)
      url = nextNode(answer, url, config.redirectHosts)
    }
    throw notNow(host, 'sends us from one of its nodes to the other: none of them is the active one')
  }
  return {
    host,
    async ask(request, schema, signal) {
      const data = parsed(await send(request, signal), host)
      if (Check(schema, data)) return data
      // What it holds may be a secret.
      throw brokenAnswer(host, `otherwise than agreed when asked to ${request.act}`)
    },
    send: async (request, signal) => void (await send(request, signal)),
    close: () => network.close(),
  }
}

function headersOf({ token, body }: VaultRequest, namespace: string | null): Record<string, string> {
  return {
    accept: 'application/json',
    'accept-encoding': ACCEPTED_ENCODING,
    'user-agent': 'jira-tpm',
    // A Vault Agent in between may insist on it: https://developer.hashicorp.com/vault/api-docs#the-x-vault-request-header
    'x-vault-request': 'true',
    ...(token === null ? {} : { 'x-vault-token': token }),
    ...(namespace === null ? {} : { 'x-vault-namespace': namespace }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  }
}

function encodedPath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/')
}

async function textOf(answer: RawAnswer, request: VaultRequest, host: string): Promise<string> {
  const { status, headers, body } = answer
  if (body === null) throw brokenAnswer(host, `with more than ${MAX_ANSWER_BYTES / 2 ** 20} MiB`)
  const read = await readBody(body, headers['content-encoding'] ?? null, MAX_ANSWER_BYTES)
  if (status >= 400) throw failureOf(status, errorsOf(read.ok ? read.text : ''), request, host)
  if (!read.ok) throw brokenAnswer(host, 'with what cannot be unpacked')
  return read.text
}

function parsed(text: string, host: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw brokenAnswer(host, 'with what is not JSON')
  }
}

function errorsOf(text: string): string[] {
  try {
    const answer = JSON.parse(text) as unknown
    return Check(ErrorAnswer, answer) ? answer.errors : []
  } catch {
    return []
  }
}

/**
 * Where a standby sends us: by 307 to the same path at the active node, whose address is each node's own setting
 * (https://developer.hashicorp.com/vault/docs/concepts/ha#client-redirection). The token goes along, so only to the host
 * that was set, or to one that is named for it (VAULT_REDIRECT_HOSTS), and never from TLS to plain text. Throws where it
 * may not be followed.
 */
function nextNode({ status, headers }: RawAnswer, from: URL, redirectHosts: readonly string[]): URL {
  const { location } = headers
  const to = location === undefined ? null : URL.parse(location, from.href)
  if (status !== 307 || to === null) throw brokenAnswer(from.host, `with HTTP ${status}`)
  if (to.pathname !== from.pathname) throw brokenAnswer(from.host, 'with a redirect to another page')
  const isWeaker = from.protocol === 'https:' && to.protocol !== 'https:'
  const isKnown = to.hostname === from.hostname || redirectHosts.includes(to.host)
  if (isKnown && !isWeaker && /^https?:$/.test(to.protocol) && to.username === '') return to
  throw new VaultError(
    'untrusted',
    `Vault at ${from.host} sends us on to ${to.protocol}//${to.host}, which nobody has named.`,
    'If that is the active node, name it in VAULT_REDIRECT_HOSTS; or set VAULT_ADDR to an address that leads to the active node.',
    { consequence: 'Nothing was sent there.' },
  )
}

/** What we read of Vault's answers; whatever else is in them is left alone. Durations are whole seconds. */

const Seconds = Type.Number({ minimum: 0 })

const Text = Type.String({ minLength: 1, maxLength: 4_096 })

/** https://developer.hashicorp.com/vault/api-docs/system/seal-status */
export const SealStatus = Type.Object({
  initialized: Type.Boolean(),
  sealed: Type.Boolean(),
  version: Type.Optional(Type.String()),
})

/** https://developer.hashicorp.com/vault/api-docs/auth/token#lookup-a-token-self; a root token has no time at which it ends. */
export const TokenLookup = Type.Object({
  data: Type.Object({
    ttl: Seconds,
    renewable: Type.Optional(Type.Boolean()),
    expire_time: Type.Union([Type.String(), Type.Null()]),
  }),
})

/** https://developer.hashicorp.com/vault/api-docs/auth/approle#login-with-approle, and the answer to renew-self. */
export const TokenGrant = Type.Object({
  auth: Type.Object({ client_token: Type.String(), lease_duration: Seconds, renewable: Type.Boolean() }),
})

/** https://developer.hashicorp.com/vault/api-docs/secret/databases#generate-credentials */
export const DatabaseGrant = Type.Object({
  lease_id: Text,
  lease_duration: Seconds,
  renewable: Type.Boolean(),
  data: Type.Object({ username: Text, password: Text }),
})

/** https://developer.hashicorp.com/vault/api-docs/system/leases#renew-lease */
export const LeaseRenewal = Type.Object({
  lease_id: Text,
  lease_duration: Seconds,
  renewable: Type.Boolean(),
})

/** https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2#read-secret-version */
export const KvSecret = Type.Object({
  data: Type.Object({
    data: Type.Object({
      api_token: Type.Optional(Type.Unknown()),
      user: Type.Optional(Type.Unknown()),
    }),
    metadata: Type.Object({ version: Type.Number() }),
  }),
})

/** https://developer.hashicorp.com/vault/api-docs#error-response */
const ErrorAnswer = Type.Object({ errors: Type.Array(Type.String()) })
