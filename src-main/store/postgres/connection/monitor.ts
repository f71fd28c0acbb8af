import { errorText, fromWireError, toWireError } from '../../../../src-shared/errors/app-error.ts'
import type { PostgresConfig } from '../../../config/config.ts'
import type { Clock } from '../../../runtime/clock.ts'
import { createWakeableSleep, orAbort, withTimeout, type WakeableSleep } from '../../../runtime/async.ts'
import type { Log } from '../../../runtime/log.ts'
import { tlsOptions } from './client.ts'
import { channelOf, createCommits } from './commits.ts'
import { alone, type ExclusiveSession, type SqlReader } from './connection.ts'
import type { Login, StoreCredentials } from './credentials.ts'
import { closedStore, serverNames, toStoreError, type ServerNames } from './errors.ts'
import { findingOf, isLoginRefused, kindOf, mayPass, noAnswer, retryMs, ServerFailure } from './failure.ts'
import { createHealth, probeWrites, type Health } from './health.ts'
import { createLinks, type Links, type ServerLink } from './link.ts'
import { createNotices, type Notices } from './notices.ts'
import { createPrimaryChoice } from './primary.ts'
import { knock, refuseUnfit } from './server-state.ts'

const BEAT_MS = 2_000
const ANSWER_MS = 3_000
/** How long a heartbeat waits for a client of the pool. */
const POOL_MS = 1_000
/** Where this process itself was held up, the answer may be there unread when the time is over. */
const GRACE_MS = 200
/** However often somebody asks, there is some time between two looks. */
const BETWEEN_LOOKS_MS = 250
/** How long closing waits for what is not told of yet. */
const GOODBYE_MS = 500
/** A session shorter than this is part of the same trouble. */
const STEADY_MS = 2_000

export interface ConnectionParts {
  readonly clock: Clock
  /** User and password, where they may be others while it is open: instead of the configuration's. */
  readonly credentials?: StoreCredentials | undefined
  readonly log: Pick<Log, 'info' | 'warn'>
  /**
   * Whether there is nothing to prepare. Throws where the tables are none that we can use. Asked each time that the server
   * was away, since another may be there, and when a program has changed the tables, which may be a newer one.
   */
  readonly isPrepared: (reading: SqlReader) => Promise<boolean>
  /** Brings the tables up to date. */
  readonly prepare: (session: ExclusiveSession) => Promise<void>
  /** Ends the wait for a server that does not answer, before it is open. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Keeps a link to the server, as long as there is a server. Whatever ends it, another one begins from the start, on new
 * connections: the address may lead to another server by now. It takes the place of the former when it is ready for use.
 */
export class Monitor {
  readonly health: Health
  readonly commits: ReturnType<typeof createCommits>
  /** How what is committed here is told of. */
  readonly notices: Notices
  /**
   * Resolves when the server is there, or is known to be out of reach for now; rejects with the failure where it refuses
   * us from the first, and nothing is tried again then.
   */
  readonly opened: Promise<void>
  /** The last link that was ready for use: what calls go by; null before the first. */
  link: ServerLink | null = null
  /** The one in use, or tried last; of several servers, all before one was chosen. */
  #server: PostgresConfig
  readonly #config: PostgresConfig
  /** Null: there is one server alone. */
  readonly #primary: ReturnType<typeof createPrimaryChoice> | null
  readonly #parts: ConnectionParts
  /** Null: the login is the configuration's, and stays what it is. */
  readonly #credentials: StoreCredentials | null
  readonly #links: Links
  readonly #pause: WakeableSleep
  readonly #retry: WakeableSleep
  readonly #opening = Promise.withResolvers<void>()
  readonly #stopping = new AbortController()
  readonly #detach: (() => void) | undefined
  /** The one that is connected, or being connected; null while there is a pause between two. */
  #watched: ServerLink | null = null
  #user = ''
  #upSinceMs: number | null = null
  #isFirst = true
  #wasFull = false
  /** The server may be another one since it was looked at, or its tables may be. */
  #isSuspect = false

  constructor(config: PostgresConfig, parts: ConnectionParts) {
    const { clock, isPrepared, credentials = null } = parts
    this.#config = config
    this.#server = config
    this.#parts = parts
    const ssl = tlsOptions(config)
    this.#primary = config.others === undefined ? null : createPrimaryChoice(config, { ssl, clock })
    this.#credentials = credentials
    this.#pause = createWakeableSleep(clock)
    this.#retry = createWakeableSleep(clock)
    this.health = createHealth(clock)
    this.commits = createCommits({ clock, onAll: () => this.#lookSoon() })
    const notify = (siteId: string, payload: string): Promise<void> => this.#notify(siteId, payload)
    this.notices = createNotices(notify, clock, this.#stopping.signal)
    this.opened = this.#opening.promise
    this.#links = createLinks(isPrepared, {
      ssl,
      clock,
      onNotice: (channel, payload) => this.commits.heard(channel, payload),
      onBroken: (error) => this.suspect(error),
    })
    this.#detach = credentials?.attach({
      tryOut: (login) => this.#tryOut(login),
      moveOver: () => this.#moveOver(),
      changed: () => this.#onCredentials(),
    })
    this.health.setWarning(credentials?.trouble() ?? null)
    this.#keepLink().catch((error: unknown) => {
      if (!this.#stopping.signal.aborted) this.#opening.reject(error)
    })
  }

  /** What the server is called in sentences now. */
  names(): ServerNames {
    return serverNames(this.#server, this.#user)
  }

  /** A call failed so: looks whether the server is still there, and takes no writes for none. */
  suspect(error: unknown): void {
    const kind = kindOf(error)
    if (kind === 'full' || kind === 'read-only') this.#watched?.lose(error)
    if (kind === 'unreachable' || kind === 'denied') this.#lookSoon()
  }

  async #notify(siteId: string, payload: string): Promise<void> {
    const { link } = this
    if (link === null || this.health.now().state === 'down') throw new ServerFailure('no-answer')
    await link.read((send) => send('SELECT pg_notify($1, $2)', [channelOf(siteId), payload]))
  }

  #lookSoon(): void {
    this.#isSuspect = true
    this.#pause.wake()
  }

  /** Calls under way fail, and nothing is connected any more. */
  async stop(): Promise<void> {
    const reason = closedStore(this.names())
    this.#detach?.()
    // Who hears nothing of it looks by itself, but later.
    await withTimeout(this.notices.flush(), GOODBYE_MS, () => {}, { clock: this.#parts.clock }).catch(
      () => {},
    )
    this.#stopping.abort(reason)
    this.#watched?.lose(reason)
    await this.#links.close(reason)
  }

  /** For a connection that is made now. Throws why there is none that still works. */
  #login(): Login {
    return this.#credentials?.now() ?? this.#config
  }

  async #keepLink(): Promise<void> {
    const { clock } = this.#parts
    for (let failures = 0; ;) {
      const error = await this.#runLink().catch((reason: unknown) => reason)
      if (this.#stopping.signal.aborted) return
      if (error === MOVED) continue
      const kind = kindOf(error)
      if (this.#isFirst && !mayPass(kind, error)) return this.#opening.reject(error)
      const wasSteady = this.#upSinceMs !== null && clock.now() - this.#upSinceMs >= STEADY_MS
      if (wasSteady) failures = 0
      // Just this connection may have been ended: whether the server is gone, the next one shows.
      if (wasSteady && kind === 'unreachable' && findingOf(error) !== 'no-answer') {
        await clock.sleep(Math.random() * 100, this.#stopping.signal)
        continue
      }
      this.#goDown(error)
      await this.#retry.sleep(retryMs(kind, failures), this.#stopping.signal)
      failures += 1
    }
  }

  /** Throws what ended the link. */
  async #runLink(): Promise<never> {
    this.#upSinceMs = null
    this.#isSuspect = false
    const login = this.#login()
    this.#user = login.user
    const choice = await this.#primary?.choose(login, this.#stopping.signal)
    this.#server = choice?.config ?? this.#config
    const link = this.#links.add(this.#server, login)
    this.#watched = link
    try {
      await orAbort(link.connect(), link.lost)
      // It beats while the tables are made, too: that may take minutes.
      const beats = this.#beat(link)
      await Promise.race([beats, this.#bringUp(link)])
      this.#goUp(link)
      if (this.#primary === null || choice === undefined) return await beats
      this.#primary.use(choice.identity)
      return await Promise.race([beats, this.#primary.untilOvertaken(login, choice.config, link.lost)])
    } finally {
      this.#watched = null
      void this.commits.listenBy(null)
      if (link !== this.link) link.cut(new Error('It never came up'))
    }
  }

  /** Makes the database ready for use. Throws why it is none for us. */
  async #bringUp(link: ServerLink): Promise<void> {
    const state = await link.serverState()
    if (state === null) throw new ServerFailure('no-answer')
    refuseUnfit(state)
    if (state.isReadOnly) throw new ServerFailure('read-only')
    // First of all: changes of the tables are notified.
    await this.commits.listenBy(link)
    // Seldom is anything missing: those who come back all at once need not take turns to find that out.
    if (!(await this.#links.arePrepared(link))) await link.lendDirect(alone(this.#parts.prepare))
    if (this.#wasFull) await probeWrites(link)
  }

  /** Looks at the server again and again until the link is lost. Throws why it is, and what is wrong with the server. */
  async #beat(link: ServerLink): Promise<never> {
    const { clock } = this.#parts
    const { lost: signal } = link
    const inTime = <T>(work: Promise<T>): Promise<T> =>
      withTimeout(work, ANSWER_MS, () => withTimeout(work, GRACE_MS, noAnswer, { clock }), { signal, clock })
    for (;;) {
      await this.#pause.sleep(BEAT_MS, signal)
      const state = await inTime(link.serverState())
      this.commits.lookAgain()
      if (state?.isReadOnly) throw new ServerFailure('read-only')
      if (!this.#isSuspect && state !== null) continue
      await inTime(this.#look(link))
      await clock.sleep(BETWEEN_LOOKS_MS, signal)
    }
  }

  /**
   * Whether the server is there, and its tables are: one that is suspect shows it to a new connection, where there is room for
   * one. Else the pool shows it; where all of that is at work for long, too, it is enough that somebody answers there.
   */
  async #look(link: ServerLink): Promise<void> {
    const isSuspect = this.#isSuspect
    this.#isSuspect = false
    const check = (): Promise<void> => this.#links.check(link.server, this.#login())
    if (isSuspect && (await link.inPlaceOfClient(check))) return
    const late = async (): Promise<void> => {
      this.#isSuspect ||= isSuspect
      await knock(link.server, link.lost)
    }
    const { clock } = this.#parts
    await withTimeout(this.#links.arePreparedByPool(link), POOL_MS, late, { signal: link.lost, clock })
  }

  #goUp(link: ServerLink): void {
    const former = this.link
    this.link = link
    // What is under way may be finished, but not at a server that is not the primary any more.
    if (former?.server === link.server) former.retire()
    else former?.cut(new ServerFailure('no-answer'))
    this.#upSinceMs = this.#parts.clock.now()
    this.#isFirst = false
    this.#wasFull = false
    if (this.health.setUp()) this.#parts.log.info({ store: this.names().label }, 'the store is back')
    this.commits.announce(null) // commits of the meantime were not notified
    this.#opening.resolve()
  }

  #goDown(error: unknown): void {
    this.#isFirst = false
    this.#wasFull ||= kindOf(error) === 'full'
    if (isLoginRefused(error)) this.#credentials?.refused()
    const names = this.names()
    const failure = toWireError(toStoreError(error, names))
    if (this.health.setDown(failure)) {
      const fields = { store: names.label, why: errorText(failure), err: error }
      this.#parts.log.warn(fields, 'the store cannot be used')
    }
    // Whatever still waits for an answer would wait in vain, or be answered by a server that is not the right one now.
    this.#links.cut(fromWireError(failure))
    this.#opening.resolve()
  }

  async #tryOut(login: Login): Promise<void> {
    try {
      await this.#links.check(this.#server, login)
    } catch (error) {
      if (kindOf(error) === 'denied') throw toStoreError(error, serverNames(this.#server, login.user))
    }
  }

  async #moveOver(): Promise<void> {
    const former = this.link
    if (this.#watched === null) this.#retry.wake()
    else this.#watched.lose(MOVED)
    await former?.ended
  }

  #onCredentials(): void {
    try {
      this.#login()
      this.health.setWarning(this.#credentials?.trouble() ?? null)
    } catch (error) {
      this.#watched?.lose(error)
    }
  }
}

/** What ends a link whose login another one takes the place of. */
const MOVED = new Error('The next link is made by another login')
