import { AppError } from '../../../../src-shared/errors/app-error.ts'
import type { Clock } from '../../../runtime/clock.ts'
import { orAbort, sleep, withTimeout } from '../../../runtime/async.ts'
import { kindOf, noAnswer, NoAnswerError, ReadOnlyError, type FailureKind } from './failure.ts'
import { refuseUnfit, type Listener } from './listener.ts'

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

interface MonitorParts extends Omit<ServerSessionParts, 'bringUp'> {
  /** `wasFull`: the server has said that its disk is full, and nobody has written since. */
  bringUp(wasFull: boolean): Promise<void>
  onDown(error: unknown): void
}

/**
 * Keeps one session with the server, as long as there is a server. Whatever ends it, a new one begins from the start, on
 * new connections: the address may lead to another server by now.
 */
export function startMonitor(parts: MonitorParts) {
  const { clock } = parts
  const opened = Promise.withResolvers<void>()
  const stopping = new AbortController()
  const retry = createWakeableSleep(clock)
  let session: ServerSession | null = null
  let isFirst = true
  let wasFull = false

  /** Resolves when the session has ended: to what ended it, and how long it was up then. */
  const runSession = async (): Promise<{ error: unknown; upMs: number }> => {
    let upSinceMs: number | null = null
    session = createServerSession({
      ...parts,
      bringUp: () => parts.bringUp(wasFull),
      onUp(listener) {
        upSinceMs = clock.now()
        wasFull = false
        isFirst = false
        parts.onUp(listener)
        opened.resolve()
      },
    })
    try {
      return await session.run()
    } catch (error) {
      return { error, upMs: upSinceMs === null ? 0 : clock.now() - upSinceMs }
    } finally {
      session = null
    }
  }
  const keepSession = async (): Promise<void> => {
    for (let failures = 0; ;) {
      const { error, upMs } = await runSession()
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
  keepSession().catch((error: unknown) => {
    if (!stopping.signal.aborted) opened.reject(error)
  })
  return {
    /**
     * Resolves when the server is there, or is known to be out of reach for now; rejects with the failure where it refuses
     * us from the first, and nothing is tried again then.
     */
    opened: opened.promise,
    /** A call failed so: looks whether the server is still there, and takes no writes for none. */
    suspect(error: unknown): void {
      const kind = kindOf(error)
      if (kind === 'full' || kind === 'read-only') session?.end(error)
      if (kind === 'unreachable' || kind === 'denied') session?.look()
    },
    /** Connections are made otherwise now: the session goes on over another one. The server is not taken for gone. */
    moveOver(): void {
      // One that is just being made may have the former login: it begins anew, too.
      if (session === null) retry.wake()
      else session.end(MOVED)
    },
    /** It cannot be used any more, for that reason. */
    end: (reason: unknown): void => session?.end(reason),
    /** All may be different: looks whether the server is still one that we can use. */
    look: (): void => session?.look(),
    stop(reason: Error): void {
      stopping.abort(reason)
      session?.end(reason)
    },
  }
}

/** What ends a session whose connection another one takes the place of. */
const MOVED = new Error('The session goes on over another connection')

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

interface ServerSessionParts {
  readonly clock: Clock
  /** `onLost` is called when the connection breaks. */
  connect(onLost: (error: unknown) => void): Promise<Listener>
  /** Makes the database ready for use, by connections of the pool. */
  bringUp(): Promise<void>
  /** Throws where the pool gets no connections to the server, or can do nothing by them. */
  checkPool(): Promise<void>
  onUp(listener: Listener): void
}

type ServerSession = ReturnType<typeof createServerSession>

/** The time from a connection to its loss. */
function createServerSession(parts: ServerSessionParts) {
  const { clock } = parts
  const ending = new AbortController()
  const pause = createWakeableSleep(clock)
  const end = (reason: unknown): void => ending.abort(reason)

  const heartbeat = async (listener: Listener): Promise<void> => {
    for (;;) {
      const woken = await pause.sleep(BEAT_MS, ending.signal)
      const state = await inTime(listener.serverState(), clock)
      if (state?.isReadOnly) throw new ReadOnlyError()
      // While that one is at work, a new connection shows whether the server is there.
      if (!woken && state !== null) continue
      await inTime(parts.checkPool(), clock)
      await clock.sleep(BETWEEN_LOOKS_MS, ending.signal)
    }
  }
  const bringUp = async (listener: Listener): Promise<void> => {
    const state = await listener.serverState()
    if (state === null) throw new NoAnswerError()
    refuseUnfit(state)
    if (state.isReadOnly) throw new ReadOnlyError()
    // First of all: changes of the tables are notified.
    await listener.listen()
    await parts.bringUp()
  }
  return {
    /** Throws what ended it, and never resolves. */
    async run(): Promise<never> {
      const listener = await parts.connect(end)
      try {
        // It beats while the tables are made, too: that may take minutes.
        heartbeat(listener).catch(end)
        await orAbort(bringUp(listener), ending.signal)
        parts.onUp(listener)
        return await orAbort(new Promise<never>(() => {}), ending.signal)
      } finally {
        end(new Error('The session is over'))
        listener.cut()
      }
    },
    /** Some call failed: looks at the server at once instead of with the next heartbeat. */
    look: () => pause.wake(),
    /** Ends it for that reason. */
    end,
  }
}

/** Throws `NoAnswerError` where the work takes too long. */
function inTime<T>(work: Promise<T>, clock: Clock): Promise<T> {
  return withTimeout(work, ANSWER_MS, () => withTimeout(work, GRACE_MS, noAnswer, { clock }), { clock })
}

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
