import { AppError } from '../../../../src-shared/errors/app-error.ts'
import type { Clock } from '../../../runtime/clock.ts'
import { orAbort, sleep, withTimeout } from '../../../runtime/async.ts'
import { kindOf, noAnswer, NoAnswerError, ReadOnlyError, type FailureKind } from './failure.ts'
import { refuseUnfit, type ServerLink } from './link.ts'

const BEAT_MS = 2_000
const ANSWER_MS = 3_000
/** Where this process itself was held up, the answer may be there unread when the time is over. */
const GRACE_MS = 200
/** However often somebody asks, there is some time between two looks. */
const BETWEEN_LOOKS_MS = 250
const FIRST_RETRY_MS = 250
const LAST_RETRY_MS = 1_000
/** A server that refuses us is not hammered at: some lock out a client that tries too often. */
const REFUSED_RETRY_MS = 10_000
/** A session shorter than this is part of the same trouble. */
const STEADY_MS = 2_000

interface MonitorParts {
  readonly clock: Clock
  /** For the login of now. Throws where there is none. */
  readonly createLink: () => ServerLink
  /** Makes the database ready for use. `wasFull`: the server has said that its disk is full, and nobody has written since. */
  readonly bringUp: (link: ServerLink, wasFull: boolean) => Promise<void>
  /** Throws where the server lets no further connection in, or nothing can be done by it. */
  readonly check: () => Promise<void>
  readonly onUp: () => void
  readonly onDown: (error: unknown) => void
}

/**
 * Keeps a link to the server, as long as there is a server. Whatever ends it, another one begins from the start, on new
 * connections: the address may lead to another server by now. It takes the place of the former when it is ready for use.
 */
export function startMonitor(parts: MonitorParts) {
  const { clock } = parts
  const opened = Promise.withResolvers<void>()
  const stopping = new AbortController()
  const pause = createWakeableSleep(clock)
  const retry = createWakeableSleep(clock)
  /** The last that was ready for use. */
  let link: ServerLink | null = null
  /** The one that is connected, or being connected; null while there is a pause between two. */
  let watched: ServerLink | null = null
  let isFirst = true
  let wasFull = false

  /** Resolves when the link is lost: to what ended it, and how long it was up then. */
  const runLink = async (): Promise<{ error: unknown; upMs: number }> => {
    let upSinceMs: number | null = null
    try {
      const own = parts.createLink()
      watched = own
      await orAbort(bringUp(own, pause, { ...parts, bringUp: () => parts.bringUp(own, wasFull) }), own.lost)
      const former = link
      link = own
      former?.retire()
      upSinceMs = clock.now()
      wasFull = false
      isFirst = false
      parts.onUp()
      opened.resolve()
      return await orAbort(new Promise<never>(() => {}), own.lost)
    } catch (error) {
      return { error, upMs: upSinceMs === null ? 0 : clock.now() - upSinceMs }
    } finally {
      if (watched !== link) watched?.cut(new Error('It never came up'))
      watched = null
    }
  }
  const keepLink = async (): Promise<void> => {
    for (let failures = 0; ;) {
      const { error, upMs } = await runLink()
      if (stopping.signal.aborted) return
      if (error === MOVED) continue
      const kind = kindOf(error)
      if (isFirst && !mayPass(kind, error)) return opened.reject(error)
      if (upMs >= STEADY_MS) failures = 0
      // Just this connection may have been ended: whether the server is gone, the next one shows.
      if (upMs >= STEADY_MS && kind === 'unreachable' && !(error instanceof NoAnswerError)) {
        await clock.sleep(Math.random() * 100, stopping.signal)
        continue
      }
      isFirst = false
      wasFull ||= kind === 'full'
      parts.onDown(error)
      opened.resolve()
      await retry.sleep(retryMs(kind, failures), stopping.signal)
      failures += 1
    }
  }
  keepLink().catch((error: unknown) => {
    if (!stopping.signal.aborted) opened.reject(error)
  })
  return {
    /**
     * Resolves when the server is there, or is known to be out of reach for now; rejects with the failure where it refuses
     * us from the first, and nothing is tried again then.
     */
    opened: opened.promise,
    /** What calls go by; null before the first. */
    link: (): ServerLink | null => link,
    /** A call failed so: looks whether the server is still there, and takes no writes for none. */
    suspect(error: unknown): void {
      const kind = kindOf(error)
      if (kind === 'full' || kind === 'read-only') watched?.lose(error)
      if (kind === 'unreachable' || kind === 'denied') pause.wake()
    },
    /** The login is another now: the next link is made by it. The server is not taken for gone. */
    moveOver(): void {
      if (watched === null) retry.wake()
      else watched.lose(MOVED)
    },
    /** It cannot be used any more, for that reason. */
    end: (reason: unknown): void => watched?.lose(reason),
    /** All may be different: looks whether the server is still one that we can use. */
    look: (): void => pause.wake(),
    /** Nothing is connected any more. Safe to call twice. */
    stop(reason: Error): void {
      stopping.abort(reason)
      watched?.lose(reason)
    },
  }
}

interface SessionParts extends Pick<MonitorParts, 'clock' | 'check'> {
  readonly bringUp: () => Promise<void>
}

/** From a connection to tables that are ready for use. Throws why not. */
async function bringUp(link: ServerLink, pause: WakeableSleep, parts: SessionParts): Promise<void> {
  await link.connect()
  // It beats while the tables are made, too: that may take minutes.
  heartbeat(link, pause, parts).catch(link.lose)
  const state = await link.serverState()
  if (state === null) throw new NoAnswerError()
  refuseUnfit(state)
  if (state.isReadOnly) throw new ReadOnlyError()
  // First of all: changes of the tables are notified.
  await link.listen()
  await parts.bringUp()
}

/** Until the link is lost. Throws what is wrong with the server then. */
async function heartbeat(
  link: ServerLink,
  pause: WakeableSleep,
  { clock, check }: SessionParts,
): Promise<never> {
  for (;;) {
    const woken = await pause.sleep(BEAT_MS, link.lost)
    const state = await inTime(link.serverState(), clock)
    if (state?.isReadOnly) throw new ReadOnlyError()
    // While the client that listens is at work, a new connection shows whether the server is there.
    if (!woken && state !== null) continue
    await inTime(check(), clock)
    await clock.sleep(BETWEEN_LOOKS_MS, link.lost)
  }
}

/** What ends a link whose login another one takes the place of. */
const MOVED = new Error('The next link is made by another login')

/** Whether it may be otherwise when it is tried again, without anybody changing what we ask for. */
function mayPass(kind: FailureKind, error: unknown): boolean {
  if (error instanceof AppError) return error.retryable
  return kind !== 'denied' && kind !== 'statement'
}

/** Fifty instances that lost the same server do not come back all at once. */
function retryMs(kind: FailureKind, failures: number): number {
  if (kind === 'denied' || kind === 'statement') return REFUSED_RETRY_MS * (0.8 + Math.random() * 0.2)
  return Math.min(FIRST_RETRY_MS * 2 ** failures, LAST_RETRY_MS) * (0.75 + Math.random() * 0.25)
}

/** Throws `NoAnswerError` where the work takes too long. */
function inTime<T>(work: Promise<T>, clock: Clock): Promise<T> {
  return withTimeout(work, ANSWER_MS, () => withTimeout(work, GRACE_MS, noAnswer, { clock }), { clock })
}

type WakeableSleep = ReturnType<typeof createWakeableSleep>

/** A wait that can be cut short. */
function createWakeableSleep(clock: Clock) {
  let waking = new AbortController()
  return {
    /** True where somebody woke it, before or during the wait; rejects with the signal's reason when it is aborted. */
    async sleep(ms: number, signal: AbortSignal): Promise<boolean> {
      const woken = waking.signal
      await sleep(ms, AbortSignal.any([signal, woken]), clock)
      waking = new AbortController()
      signal.throwIfAborted()
      return woken.aborted
    },
    wake: (): void => waking.abort(),
  }
}
