import type { ConnectionOptions } from 'node:tls'
import type { PostgresConfig, PostgresServer } from '../../../config/config.ts'
import { serversOf, withServer } from '../../../config/postgres-config.ts'
import { serversLabel, storeLabel } from '../../../config/store-config.ts'
import { orAbort, withTimeout } from '../../../runtime/async.ts'
import { elapsedMs, type Clock } from '../../../runtime/clock.ts'
import { CONNECT_MS, StoreClient } from './client.ts'
import type { Login } from './credentials.ts'
import { denialReason, serverNames, unreachableReason } from './errors.ts'
import { kindOf, NoPrimaryError, ServerFailure } from './failure.ts'
import { identityOf, type ServerIdentity } from './server-state.ts'

/** How long the others are waited for once one has said that it takes writes: it may be the older of two. */
const OTHERS_MS = 500
/** A server that takes no writes is asked again so often while another one has not answered yet. */
const AGAIN_MS = 500
/** One that refuses us is left alone for so long, as `REFUSED_RETRY_MS`. */
const REFUSED_MS = 10_000
/** How often the other servers are looked at while one is in use. */
const WATCH_MS = 10_000

/** What was found of one of the servers. */
export interface FoundServer {
  readonly config: PostgresConfig
  readonly identity: ServerIdentity | null
  /** Why there is no identity; null where there is one, or it has not answered yet. */
  readonly error: Error | null
}

export interface ChosenServer {
  /** The one that takes writes, alone. */
  readonly config: PostgresConfig
  readonly identity: ServerIdentity
  /** Of all, in the order of the address. */
  readonly findings: readonly FoundServer[]
}

interface PrimaryParts {
  readonly ssl: ConnectionOptions | false
  readonly clock: Clock
}

/**
 * Chooses the primary among several servers. Where two claim to be it, the newer timeline is the one that the cluster
 * went on with; what an older one takes would be lost. It remembers the newest that was in use, for as long as it lives.
 */
export function createPrimaryChoice(config: PostgresConfig, parts: PrimaryParts) {
  const candidates = serversOf(config).map((server) => createCandidate(withServer(config, server), parts))
  const label = storeLabel(config)
  const { clock } = parts
  let known: ServerIdentity | null = null
  return {
    /**
     * Resolves once one takes writes and the others have had their time to say so, too; rejects once all have answered and
     * none does. Throws `NoPrimaryError` and the signal's reason.
     */
    async choose(login: Login, signal: AbortSignal, patienceMs = OTHERS_MS): Promise<ChosenServer> {
      const over = new AbortController()
      const within = AbortSignal.any([signal, over.signal])
      const claimed = Promise.withResolvers<void>()
      const answered = candidates.map((candidate) => candidate.watch(login, within, claimed.resolve))
      const all = Promise.all(answered)
      try {
        await orAbort(Promise.race([all, claimed.promise]), signal)
        await withTimeout(all, patienceMs, () => {}, { signal, clock })
        return decide(
          candidates.map((candidate) => candidate.finding()),
          known,
          label,
        )
      } finally {
        over.abort(new ServerFailure('no-answer'))
      }
    },
    /** That one is in use from here on. */
    use(identity: ServerIdentity): void {
      known = identity
    },
    /** Throws `NoPrimaryError` once another server has taken the place of the one in use; the signal's reason. */
    async untilOvertaken(login: Login, used: PostgresServer, signal: AbortSignal): Promise<never> {
      const others = candidates.filter(
        ({ config: { host, port } }) => host !== used.host || port !== used.port,
      )
      for (;;) {
        await clock.sleep(WATCH_MS, signal)
        for (const { config: other, identity } of await Promise.all(
          others.map((one) => one.ask(login, signal)),
        )) {
          if (known !== null && identity !== null && isOfLaterPrimary(identity, known)) {
            throw new NoPrimaryError(
              `PostgreSQL at ${storeLabel(withServer(config, used))} still takes writes, but ${serversLabel(other)} has taken its place as the primary.`,
              'While it is open, Jira TPM goes over to that one by itself. Stop the former, or have it follow.',
            )
          }
        }
      }
    },
  }
}

function isOfLaterPrimary({ system, timeline, takesWrites }: ServerIdentity, known: ServerIdentity): boolean {
  return takesWrites && system === known.system && timeline > known.timeline
}

/** One of the servers, asked by a connection of its own. */
function createCandidate(config: PostgresConfig, { ssl, clock }: PrimaryParts) {
  let finding: FoundServer = { config, identity: null, error: null }
  let refused: { readonly login: Login; readonly atMs: number } | null = null
  const isLeftAlone = ({ user, password }: Login): boolean =>
    refused !== null &&
    refused.login.user === user &&
    refused.login.password === password &&
    elapsedMs(clock) - refused.atMs < REFUSED_MS
  const ask = async (login: Login, signal: AbortSignal): Promise<FoundServer> => {
    if (isLeftAlone(login)) return finding
    const client = new StoreClient({ config, login, ssl, answerMs: CONNECT_MS })
    const cut = (): void => client.cut()
    signal.addEventListener('abort', cut, { once: true })
    try {
      signal.throwIfAborted()
      await client.open()
      finding = { config, identity: await identityOf(client), error: null }
      await client.end()
    } catch (error) {
      signal.throwIfAborted()
      finding = { config, identity: null, error: error as Error }
    } finally {
      signal.removeEventListener('abort', cut)
      cut()
    }
    const isRefused = finding.error !== null && kindOf(finding.error) === 'denied'
    refused = isRefused ? { login, atMs: elapsedMs(clock) } : null
    return finding
  }
  return {
    config,
    finding: () => finding,
    ask,
    /** Resolves when it has answered for the first time; it is asked again until the signal is aborted, or it takes writes. */
    watch(login: Login, signal: AbortSignal, onClaim: () => void): Promise<void> {
      if (!isLeftAlone(login)) finding = { config, identity: null, error: null }
      const first = Promise.withResolvers<void>()
      const goOn = async (): Promise<void> => {
        for (;;) {
          const { identity } = await ask(login, signal)
          if (identity?.takesWrites) onClaim()
          first.resolve()
          if (identity?.takesWrites) return
          await clock.sleep(AGAIN_MS * (0.75 + Math.random() * 0.25), signal)
        }
      }
      goOn().catch(() => {}) // ended by the signal
      return first.promise
    },
  }
}

/** Throws `NoPrimaryError` where none can be written to, or it cannot be known which is to be. */
function decide(findings: readonly FoundServer[], known: ServerIdentity | null, label: string): ChosenServer {
  const found = findings.flatMap(({ config, identity }) => (identity === null ? [] : [{ config, identity }]))
  const ours = found.filter(({ identity }) => known === null || identity.system === known.system)
  const primaries = ours.filter(({ identity }) => identity.takesWrites)
  refuseForeign(found, ours, known, label)
  // A standby may have seen a newer primary than any that answers.
  const newest = Math.max(known?.timeline ?? 0, ...ours.map(({ identity }) => identity.timeline))
  const [chosen, rival] = primaries.filter(({ identity }) => identity.timeline === newest)
  if (chosen !== undefined && rival === undefined) return { ...chosen, findings }
  if (chosen !== undefined && rival !== undefined) {
    throw new NoPrimaryError(
      `Two servers of PostgreSQL at ${label} take writes, ${serversLabel(chosen.config)} and ${serversLabel(rival.config)}, and neither is newer: Jira TPM cannot know which is the primary, and writes to none.`,
      'Stop the one that is not, or have it follow the other.',
    )
  }
  const [older] = primaries
  if (older !== undefined) {
    throw new NoPrimaryError(
      `PostgreSQL at ${storeLabel(older.config)} takes writes, but another server has been the primary since (timeline ${newest}, and this is ${older.identity.timeline}): what this one took would be lost.`,
      'Start the newer one, or have this one follow it (pg_rewind). Where this one was restored on purpose, start Jira TPM again.',
    )
  }
  throw nonePrimary(findings, label)
}

/** Servers that keep different databases cannot stand in for each other. */
function refuseForeign(
  found: readonly Pick<ChosenServer, 'config' | 'identity'>[],
  ours: readonly unknown[],
  known: ServerIdentity | null,
  label: string,
): void {
  if (known === null) {
    const [first, ...others] = found
    const other = others.find(({ identity }) => identity.system !== first?.identity.system)
    if (first === undefined || other === undefined) return
    throw new NoPrimaryError(
      `PostgreSQL at ${label} is servers of different databases: ${serversLabel(first.config)} and ${serversLabel(other.config)} are not copies of one (their system identifiers differ).`,
      'Name only servers that follow the same primary.',
    )
  }
  const stranger = found.find(({ identity }) => identity.takesWrites && identity.system !== known.system)
  if (stranger === undefined || ours.length > 0) return
  throw new NoPrimaryError(
    `PostgreSQL at ${storeLabel(stranger.config)} keeps another database than the one that was in use until now (its system identifier is another).`,
    'Check that server. Where it was made anew on purpose, start Jira TPM again.',
  )
}

function nonePrimary(findings: readonly FoundServer[], label: string): NoPrimaryError {
  const reasons = findings.map(({ config, identity, error }) => {
    if (identity !== null) return `${serversLabel(config)} is a standby, or set to read-only`
    return `${serversLabel(config)} ${error === null ? 'has not answered yet' : troubleOf(error, config)}`
  })
  return new NoPrimaryError(
    `None of the servers of PostgreSQL at ${label} takes writes now: ${reasons.join('; ')}.`,
    'Look after the cluster if it goes on. While it is open, Jira TPM goes on by itself as soon as one of them takes writes.',
    findings.map(({ identity, error }) =>
      identity === null ? (error ?? new ServerFailure('no-answer')) : new ServerFailure('read-only'),
    ),
  )
}

/** As it continues a server's name. */
export function troubleOf(error: Error, config: PostgresConfig): string {
  switch (kindOf(error)) {
    case 'denied':
      return denialReason(error, serverNames(config))[0]
    case 'unreachable':
      return unreachableReason(error)[0]
    default:
      return `refuses us: ${error.message}`
  }
}
