import type { OutputKind } from '../../src-shared/contract/alerts/outputs.ts'
import { nothingChanged, type AppError } from '../../src-shared/errors/app-error.ts'
import { decoded, isLoopback } from '../jira/site-url.ts'
import type { StoredOutput } from '../store/alerts/outputs.ts'
import { literalAddress, refusedAddress } from './addresses.ts'

/** What a person says of an output. */
interface OutputDraft {
  readonly kind: OutputKind
  readonly url: string | undefined
  readonly secret: string | undefined
  readonly needsSecret: boolean | undefined
  readonly allowPrivate: boolean
}

/** https://developer.pagerduty.com/docs/events-api-v2-overview: the key is sent to nobody else. */
const PAGERDUTY = ['https://events.pagerduty.com', 'https://events.eu.pagerduty.com'] as const
const SLACK = 'https://hooks.slack.com'

/** Their secret is the whole address that a message goes to. */
function isSecretAddress(kind: OutputKind): boolean {
  return kind === 'slack' || kind === 'teams'
}

/** The public part of an output's address, and whether it needs a secret. Throws `usage`, without the secret in it. */
export function checkOutput(draft: OutputDraft): Pick<StoredOutput, 'url' | 'needsSecret'> {
  const { kind, secret } = draft
  const needsSecret =
    isSecretAddress(kind) || kind === 'pagerduty' || draft.needsSecret === true || secret !== undefined
  const url = publicUrl(draft)
  refuseUrl(url, draft, needsSecret)
  if (secret !== undefined) targetOf({ kind, url: textOf(url), needsSecret }, secret)
  return { url: textOf(url), needsSecret }
}

function publicUrl({ kind, url, secret }: OutputDraft): URL {
  const fromSecret =
    secret === undefined || (!isSecretAddress(kind) && kind !== 'alertmanager') ? null : secretUrl(secret)
  const preset = kind === 'pagerduty' ? PAGERDUTY[0] : kind === 'slack' ? SLACK : undefined
  const said = url ?? (fromSecret === null ? preset : withoutLogin(fromSecret).href)
  const found = said === undefined ? null : URL.parse(said)
  if (found === null) throw wrong('It has no address.', 'Give it as https://host/path.')
  // What follows is the secret of those that have it in the address.
  return isSecretAddress(kind) ? new URL(found.origin) : found
}

function refuseUrl(url: URL, { kind, allowPrivate }: OutputDraft, needsSecret: boolean): void {
  if (!/^https?:$/.test(url.protocol)) throw wrong('Its address does not begin with https:// or http://.')
  if (url.username !== '' || url.password !== '') {
    throw wrong(
      'Its address has a user or a password in it, and is shown to all who may see outputs.',
      'Give that as its secret.',
    )
  }
  if (url.hash !== '') throw wrong('Its address has a # in it, and what follows is sent to nobody.')
  const isHere = isLoopback(url.hostname)
  if (kind === 'pagerduty' && !isHere && !PAGERDUTY.some((origin) => origin === url.origin)) {
    throw wrong(`PagerDuty is at ${PAGERDUTY.join(' or ')}.`, 'Its key is sent nowhere else.')
  }
  if (url.protocol === 'http:' && needsSecret && kind !== 'webhook' && !isHere) {
    throw wrong(
      'Its address begins with http://, and others could read its secret on the way.',
      'Give it with https://.',
    )
  }
  const literal = isHere && url.hostname === 'localhost' ? '127.0.0.1' : literalAddress(url.hostname)
  const refusal = literal === null ? null : refusedAddress(literal, allowPrivate)
  if (refusal !== null) {
    throw wrong(
      `${url.hostname} is ${refusal}.`,
      'Say that it may be on this machine or in a private network (--allow-private), if that is what you mean.',
    )
  }
}

/** Where a message goes, with what lets it in. */
interface Target {
  readonly url: URL
  /** The header that logs in. */
  readonly authorization: string | null
}

/** Throws `usage` where the secret is not one of this output; it is in no sentence. */
export function targetOf(
  { kind, url, needsSecret }: Pick<StoredOutput, 'kind' | 'url' | 'needsSecret'>,
  secret: string | null,
): Target {
  const open = { url: new URL(url), authorization: null }
  if (!needsSecret || secret === null || kind === 'webhook' || kind === 'pagerduty') return open
  const full = secretUrl(secret)
  if (full.origin !== open.url.origin) {
    throw wrong(`Its secret is an address of another server than ${open.url.origin}, and is not sent there.`)
  }
  if (isSecretAddress(kind)) return { url: full, authorization: null }
  if (full.username === '')
    throw wrong('Its secret has no user in it.', 'Give it as https://user:password@host.')
  const login = `${decoded(full.username)}:${decoded(full.password)}`
  return { ...open, authorization: `Basic ${Buffer.from(login).toString('base64')}` }
}

function secretUrl(secret: string): URL {
  const url = URL.parse(secret)
  if (url !== null && /^https?:$/.test(url.protocol)) return url
  throw wrong('Its secret is no address.', 'Give the whole address, as https://host/path.')
}

function withoutLogin(url: URL): URL {
  const plain = new URL(url)
  plain.username = ''
  plain.password = ''
  return plain
}

function textOf(url: URL): string {
  return url.href.replace(/\/$/, '')
}

function wrong(what: string, hint = ''): AppError {
  return nothingChanged('usage', what, hint)
}
