import type { Server as HttpsServer } from 'node:https'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AppError, nothingDone, toWireError } from '../../../src-shared/errors/app-error.ts'
import type { ServerConfig } from '../../config/server-config.ts'
import type { HookInbox } from '../../hooks/inbox.ts'
import { NO_METRICS, type Metrics } from '../../metrics/metrics.ts'
import { sleep } from '../../runtime/async.ts'
import { elapsedMs, machineClock, type Clock } from '../../runtime/clock.ts'
import type { Log } from '../../runtime/log.ts'
import { boundConnections, callerAddress, comesBy, type Proxy } from '../connections.ts'
import { sendFailure, sendReply, TooMany } from '../errors.ts'
import { createFastify, listen, proxyOf } from '../listener.ts'
import { BEHIND_PROXY, createBuckets, DEFAULT_LIMITS } from '../rate-limits.ts'
import { followTls, readTls, type TlsPair } from '../tls-files.ts'
import { claimedSignature, isSigned, readHook } from './read-hook.ts'

export const HOOKS_PATH = '/hooks/jira'

export interface HookServerOptions {
  /** The inbox of the Jira that is watched now; null while none is open. */
  readonly inbox: () => HookInbox | null
  readonly secret: string
  readonly place: { readonly host: string; readonly port: number }
  readonly access: Pick<ServerConfig, 'tls' | 'behindProxy' | 'trustProxy'>
  readonly log: Pick<Log, 'warn' | 'error'>
  readonly metrics?: Pick<Metrics, 'hooks'>
  readonly clock?: Clock
  readonly limits?: Partial<typeof LIMITS>
}

/** What is taken of everybody and of each. */
const LIMITS = {
  /** A ticket's body is some tens of kB, with long texts and many fields more. */
  bodyBytes: 2 * 1_024 * 1_024,
  /** Of all that are being read. */
  totalBytes: 64 * 1_024 * 1_024,
  connections: 500,
  /** Of one address: Jira's own are shared by all of its customers, so nobody is locked out by another's wrong ones. */
  requests: { burst: 10_000, perSecond: 1_000 },
}

/** An older one is repeated by somebody else than Jira, whose last repeat comes after 75 minutes. */
const MAX_AGE_MS = 86_400_000

/** How long it is sure that somebody takes webhooks, and how often that is said again. */
const LISTENS_MS = 90_000
const SAY_EVERY_MS = 30_000
const SAY_AGAIN_MS = 1_000

/** After so many seconds it may work. */
const SOON_S = 1
const LATER_S = 30

/**
 * Takes Jira's webhooks at a port of its own: no cookies, no tokens, one path. What is signed is written into the inbox and
 * then answered; everything else is refused, and nothing of it kept. Throws `not-configured` where the TLS files are of no use.
 */
export function createHookServer(options: HookServerOptions) {
  const { access, place, clock = machineClock, inbox, log } = options
  const stopping = new AbortController()
  const tls = access.tls === null ? null : readTls(access.tls, clock.now())
  const limits = { ...DEFAULT_LIMITS, ...(access.behindProxy && BEHIND_PROXY) }
  const sizes = { ...LIMITS, ...options.limits }
  const server = createFastify({ limits, tls, bodyLimit: sizes.bodyBytes, headers: () => HEADERS })
  const announcing = async (): Promise<void> => {
    const { signal } = stopping
    while (!signal.aborted) {
      const ofNow = inbox()
      const isSaid =
        (await ofNow?.listens(LISTENS_MS).then(
          () => true,
          () => false,
        )) === true
      await sleep(isSaid ? SAY_EVERY_MS : SAY_AGAIN_MS, signal, clock)
    }
  }

  return {
    /** Begins to take them. Throws `port-in-use` or `usage`. */
    async start(): Promise<{ readonly url: string }> {
      boundConnections(server.server, { total: sizes.connections, ofAddress: null })
      addIntake(server, { ...options, sizes, clock, proxy: access.behindProxy ? proxyOf(access) : null })
      const port = await listen(server, {
        ...place,
        consequence: 'No webhooks are taken.',
        flags: { host: '--hooks-host', port: '--hooks-port' },
      })
      if (tls !== null && access.tls !== null) {
        const onNew = (pair: TlsPair): void => (server.server as HttpsServer).setSecureContext(pair)
        void followTls(access.tls, tls, { clock, log: log as Log, signal: stopping.signal, onNew })
      }
      void announcing()
      const host = place.host.includes(':') ? `[${place.host}]` : place.host
      return { url: `http${tls === null ? '' : 's'}://${host}:${port}${HOOKS_PATH}` }
    },
    /** Cuts every connection; within a second. Safe to call twice. */
    async stop(): Promise<void> {
      stopping.abort()
      await server.close()
    },
  }
}

const HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }

interface IntakeParts extends HookServerOptions {
  readonly sizes: typeof LIMITS
  readonly clock: Clock
  readonly proxy: Proxy | null
}

type Outcome = Parameters<Metrics['hooks']['add']>[0]['outcome']

/** The one route, and what a request passes before its body is read. */
function addIntake(server: FastifyInstance, parts: IntakeParts): void {
  const { sizes, proxy, metrics = NO_METRICS, log, clock } = parts
  const rates = createBuckets(sizes.requests, () => elapsedMs(clock))
  const refused = createRefusals(log, clock)
  let reading = 0

  const end = (reply: FastifyReply, outcome: Outcome, error: AppError, status?: number): FastifyReply => {
    metrics.hooks.add({ outcome })
    refused(outcome, error)
    return sendFailure(reply, error, status)
  }

  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, payload, done) => done(null, payload))
  /** Why a request is not read; null where it is. */
  const refusalOf = (request: FastifyRequest, reply: FastifyReply): FastifyReply | null => {
    if (proxy !== null && !comesBy(request.raw, proxy)) return end(reply, 'refused', PAST_PROXY)
    if (request.raw.url?.split('?', 1)[0] !== HOOKS_PATH) return sendFailure(reply, NO_PATH)
    if (request.method !== 'POST') return sendFailure(reply.header('allow', 'POST'), NO_METHOD, 405)
    const waitS = rates.take(callerAddress(request.raw, proxy))
    if (waitS > 0) return end(reply, 'refused', new TooMany(TOO_OFTEN, waitS))
    if (claimedSignature(request.headers) === null) return end(reply, 'unsigned', UNSIGNED, 401)
    const isFull = reading + bytesOf(request) > sizes.totalBytes
    return isFull ? end(reply, 'refused', new TooMany(FULL, SOON_S), 503) : null
  }
  const bytesOf = ({ headers }: FastifyRequest): number =>
    Number(headers['content-length'] ?? sizes.bodyBytes)
  server.addHook('onRequest', (request, reply, done) => {
    reply.headers(HEADERS)
    if (refusalOf(request, reply) !== null) return
    const bytes = bytesOf(request)
    reading += bytes
    request.raw.once('close', () => void (reading -= bytes))
    done()
  })
  server.post(HOOKS_PATH, async (request, reply) => {
    const { outcome, error, status } = await take(request, parts)
    if (error !== undefined) return end(reply, outcome, error, status)
    metrics.hooks.add({ outcome })
    return reply.code(204).send()
  })
  server.setNotFoundHandler((_request, reply) => sendFailure(reply, NO_PATH))
  server.setErrorHandler((error: FastifyError, _request, reply) => {
    if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
      return end(reply, 'too-large', nothingDone('too-large', `A webhook may have ${sizes.bodyBytes} bytes.`))
    }
    if (error.statusCode !== undefined && error.statusCode < 500) {
      return end(
        reply,
        'malformed',
        nothingDone('bad-request', 'This is no request of a webhook.'),
        error.statusCode,
      )
    }
    log.error({ err: error }, 'a webhook failed by a bug')
    return sendReply(reply, { ok: false, error: toWireError(error) })
  })
}

interface Taken {
  readonly outcome: Outcome
  /** Absent: it was taken, or tells of what nobody asks for. */
  readonly error?: AppError
  readonly status?: number
}

async function take({ body, headers }: FastifyRequest, { secret, inbox }: IntakeParts): Promise<Taken> {
  const raw = Buffer.isBuffer(body) ? body : Buffer.alloc(0)
  if (!isSigned(secret, raw, claimedSignature(headers) ?? ''))
    return { outcome: 'forged', error: FORGED, status: 401 }
  const ofNow = inbox()
  if (ofNow === null) return { outcome: 'refused', error: new TooMany(NOT_OPEN, LATER_S), status: 503 }
  const siteMs = ofNow.siteMs()
  const read = readHook(raw, headers, siteMs)
  if (read === null) return { outcome: 'malformed', error: MALFORMED }
  if (read === 'other') return { outcome: 'other' }
  const { self, saidMs, changedMs, ...hook } = read
  if (!ofNow.isOfSite(self)) return { outcome: 'other-site', error: OTHER_SITE }
  if (saidMs !== null && siteMs - saidMs > MAX_AGE_MS) return { outcome: 'old', error: OLD, status: 410 }
  try {
    await ofNow.take({ ...hook, lateMs: Math.max(0, siteMs - changedMs) })
    return { outcome: 'taken' }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    // Jira sends again what is answered so.
    return {
      outcome: 'refused',
      error: new TooMany(error.message, error.code === 'too-many' ? SOON_S : LATER_S),
      status: 503,
    }
  }
}

const UNSIGNED = nothingDone(
  'forbidden',
  'This webhook is not signed, and could be anybody’s.',
  'Give it a secret in Jira, the same as JIRA_WEBHOOK_SECRET: it then sends X-Hub-Signature: sha256=….',
)
const FORGED = nothingDone(
  'forbidden',
  'This webhook is signed with another secret.',
  'The webhook’s secret in Jira and JIRA_WEBHOOK_SECRET have to be the same.',
)
const OTHER_SITE = nothingDone(
  'forbidden',
  'This webhook tells of a ticket of another Jira than the one that is watched.',
  'The address of the Jira that is set here has to be its base URL.',
)
const OLD = nothingDone('forbidden', 'This webhook is older than a day, and none that Jira sends now.')
const MALFORMED = nothingDone('bad-request', 'This body is signed, but none of a webhook for tickets.')
const PAST_PROXY = nothingDone('forbidden', 'Webhooks come by the proxy alone.')
const NO_PATH = new AppError('not-found', 'There is nothing at this address.')
const NO_METHOD = nothingDone('bad-request', 'Webhooks are sent by POST.')
const TOO_OFTEN = 'More webhooks come than are taken of one address.'
const FULL = 'More bytes of webhooks are being read than there is room for.'
const NOT_OPEN = 'The Jira that is watched is not open yet.'

const LOG_EVERY_MS = 60_000

/** Logs what is refused, once a minute of a kind: it is the callers who say how often. */
function createRefusals(log: Pick<Log, 'warn'>, clock: Clock) {
  const logged = new Map<Outcome, { atMs: number; count: number }>()
  return (outcome: Outcome, error: AppError): void => {
    const nowMs = elapsedMs(clock)
    const last = logged.get(outcome)
    if (last !== undefined && nowMs - last.atMs < LOG_EVERY_MS) return void (last.count += 1)
    log.warn({ outcome, more: last?.count ?? 0 }, `a webhook was refused: ${error.message}`)
    logged.set(outcome, { atMs: nowMs, count: 0 })
  }
}
