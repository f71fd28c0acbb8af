import { createHash } from 'node:crypto'
import { nothingSent } from '../../src-shared/errors/app-error.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { Clock } from '../runtime/clock.ts'
import { createAuthGate, OPEN_AUTH_GATE, type AuthGate } from './auth-gate.ts'
import type { JiraCredentials } from './credentials.ts'
import { cancelled } from './errors.ts'
import { findJira, jiraOver, serverOf, type JiraAddress, type Search } from './find-jira.ts'
import { wrapJira, type Jira } from './jira.ts'
import { createLink, type Link, type RequestPolicy } from './link.ts'
import { createNetwork, type ProxySettings } from './network/network.ts'
import { createRateLimiter, type PauseMemory } from './rate-limiter.ts'
import { siteAddress, siteUrl } from './site-url.ts'
import type { Timeouts } from './transport.ts'
import { coalesce, orAbort } from '../runtime/async.ts'

/** A connection to a real Jira, as a person set it. */
export interface JiraConnection {
  /** Where people open this Jira in a browser; a context path is allowed. */
  readonly url: string
  /** The e-mail address of a Cloud account; null for Data Center. */
  readonly user: string | null
  readonly token: string
  /** A PEM file of certificates to believe besides the system's own, or null. */
  readonly caFile: string | null
  /** `priority`, or a select field as `customfield_10050`. */
  readonly watchedField: string
}

/** A real Jira, of whichever kind. */
export interface SiteJira extends Jira {
  /**
   * What the server said it is, and the address its API is called at (the gateway's for a token with scopes). Asks once;
   * after a failure it is asked again.
   */
  about(signal: AbortSignal): Promise<JiraAddress>
  /** A person acts: calls that stopped after a failed log-in may go out again, once a minute at most. */
  resetAuthGate(): void
  /** Gives up what is under way and ends all connections. */
  close(): Promise<void>
}

interface SiteJiraParts extends Omit<RequestPolicy, 'timeouts'> {
  readonly network: ProxySettings
  readonly clock: Clock
  /** What `about` gave the last time, so that less has to be asked; it is asked anew where that does not hold. */
  readonly remembered?: JiraAddress | null
  /** Real milliseconds. */
  readonly timeouts?: Partial<Timeouts> & { readonly connectMs?: number }
  readonly metrics?: Metrics | undefined
  /** Keeps the time until when the site takes nothing from this account. */
  readonly memory?: PauseMemory | undefined
  /** One that outlives this connection; its own where absent. */
  readonly gate?: AuthGate | undefined
}

interface Opened extends JiraAddress {
  readonly jira: Jira
}

/** How a Jira is asked while a person looks on: what goes wrong is shown soon, not after minutes of repeats. */
export const INTERACTIVE_POLICY = {
  retryPolicy: { maxRetries: 2, longestAskedWaitMs: 5_000, afterTimeout: false },
  timeouts: { connectMs: 10_000, firstByteMs: 10_000, callMs: 20_000 },
} satisfies Partial<SiteJiraParts>

/**
 * The Jira at an address. Which kind it is is found out with the first call, so that an app can start while it is away.
 * Every method may throw what finding out throws: see `findJira`. Throws `not-configured` where the address is none, or the
 * token cannot be one.
 */
export function createSiteJira(connection: JiraConnection, parts: SiteJiraParts): SiteJira {
  const { user, token, watchedField } = connection
  const site = siteUrl(connection.url)
  refuseNoToken(token)
  const gate = parts.gate ?? createAuthGate(parts.clock)
  const links = createLinks(site, connection, parts)
  let remembered = parts.remembered ?? null

  const searchFor = (signal: AbortSignal): Search => ({
    site,
    user,
    token,
    remembered,
    link: (url, as) => links.to(url, as, OPEN_AUTH_GATE),
    signal,
  })
  const find = async (signal: AbortSignal): Promise<Opened> => {
    const { credentials, deployment, apiUrl } = await findJira(searchFor(signal))
    remembered = { deployment, apiUrl }
    const jira = jiraOver(links.to(apiUrl, credentials, gate), deployment, watchedField)
    return { deployment, apiUrl, jira }
  }
  const closing = new AbortController()
  const opening = coalesce(() => behind(gate, () => find(closing.signal)), 'kept')
  const opened = async (signal: AbortSignal): Promise<Opened> => {
    if (signal.aborted || closing.signal.aborted) throw cancelled('unsent')
    return orAbort(opening(), signal, () => cancelled('unsent'))
  }
  const jira = async (signal: AbortSignal): Promise<Jira> => (await opened(signal)).jira

  return {
    async about(signal) {
      const { deployment, apiUrl } = await opened(signal)
      return { deployment, apiUrl }
    },
    resetAuthGate() {
      // The token may be another kind now, or have other scopes: where it is taken is found out again.
      if (gate.reset()) opening.forget()
    },
    async close() {
      closing.abort()
      await links.close()
    },
    ...wrapJira(async (call, signal) => call(await jira(signal))),
    // Answered without a log-in: whether we may log in is another question.
    server: (signal) => behind(gate, () => serverOf(searchFor(signal))),
  }
}

/** Links to one site, under the same limits. The time until when it takes nothing is remembered from an earlier process. */
function createLinks(site: URL, { user, token, caFile }: JiraConnection, parts: SiteJiraParts) {
  const { clock, retryPolicy, onSilence, onAnswer, onWait, memory, timeouts = {}, metrics } = parts
  const { connectMs } = timeouts
  const network = createNetwork({
    proxies: parts.network,
    caFile,
    ...(connectMs === undefined ? {} : { connectMs }),
  })
  const address = siteAddress(site)
  // Of a personal access token it is not known whose it is.
  const account = user ?? createHash('sha256').update(token).digest('hex').slice(0, 16)
  let remembering: Promise<void> | undefined
  const limiter = createRateLimiter({
    clock,
    host: site.host,
    onWait,
    ...(memory !== undefined && { paused: memory.pause(address, account) }),
    onPause: (pause) => void (remembering = memory?.rememberPause(address, account, pause)),
    ...(retryPolicy === undefined ? {} : { longestWaitMs: retryPolicy.longestAskedWaitMs }),
    ...(metrics === undefined ? {} : { metrics }),
  })
  const shared = { clock, network, timeouts, retryPolicy, onSilence, onAnswer, metrics, limiter }
  return {
    to: (url: string, credentials: JiraCredentials, gate: AuthGate): Link =>
      createLink({ ...shared, url, credentials, gate }),
    async close(): Promise<void> {
      await network.close()
      await remembering
    },
  }
}

/** Throws what the work throws, and what the gate throws while it is shut. */
async function behind<T>(gate: AuthGate, work: () => Promise<T>): Promise<T> {
  const pass = gate.pass()
  try {
    return await work()
  } catch (error) {
    gate.failed(error, pass)
    throw error
  }
}

/** What else was copied with a token would be a failed log-in, or no header at all. */
function refuseNoToken(token: string): void {
  if (/^[!-~]+$/.test(token)) return
  throw nothingSent(
    'not-configured',
    'The token has a space or another character in it that no token has.',
    'Copy it anew, whole and without anything around it.',
  )
}
