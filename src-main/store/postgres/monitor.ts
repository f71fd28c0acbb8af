import { AppError } from '../../../src-shared/errors/app-error.ts'
import { kindOf, NoAnswerError, type FailureKind } from './failure.ts'
import { createKnock } from './knock.ts'
import { createSession, type Session, type SessionParts } from './session.ts'

const FIRST_RETRY_MS = 250
const LAST_RETRY_MS = 1_000
/** A server that refuses us is not hammered at: some lock out whoever tries too often. */
const REFUSED_RETRY_MS = 10_000
/** A session shorter than this is part of the same trouble. */
const STEADY_MS = 2_000

export interface MonitorParts extends Omit<SessionParts, 'bringUp'> {
  /** `wasFull`: the server has said that its disk is full, and nobody has written since. */
  bringUp(wasFull: boolean): Promise<void>
  onDown(error: unknown): void
}

export interface Monitor {
  /**
   * Resolves when the server is there, or is known to be out of reach for now; rejects with the failure where it refuses
   * us from the first, and nothing is tried again then.
   */
  readonly opened: Promise<void>
  /** A call failed so: looks whether the server is still there, and takes no writes for none. */
  suspect(error: unknown): void
  /** Connections are made otherwise now: the session goes on over another one. The server is not taken for gone. */
  moveOver(): void
  /** It cannot be used any more, for that reason. */
  end(reason: unknown): void
  /** All may be different: looks whether the server is still one that we can use. */
  look(): void
  stop(reason: Error): void
}

/**
 * Keeps one session with the server, as long as there is a server. Whatever ends it, a new one begins from the start, on
 * new connections: the address may lead to another server by now.
 */
export function startMonitor(parts: MonitorParts): Monitor {
  const { clock } = parts
  const opened = Promise.withResolvers<void>()
  const stopping = new AbortController()
  const retry = createKnock(clock)
  let session: Session | null = null
  let isFirst = true
  let wasFull = false

  /** Resolves when the session has ended: to what ended it, and how long it was up then. */
  const runSession = async (): Promise<{ error: unknown; upMs: number }> => {
    let upSinceMs: number | null = null
    session = createSession({
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
      await retry.wait(retryMs(kind, failures), stopping.signal)
      failures += 1
    }
  }
  keepSession().catch((error: unknown) => {
    if (!stopping.signal.aborted) opened.reject(error)
  })
  return {
    opened: opened.promise,
    suspect(error) {
      const kind = kindOf(error)
      if (kind === 'full' || kind === 'read-only') session?.end(error)
      if (kind === 'unreachable' || kind === 'denied') session?.look()
    },
    moveOver() {
      // One that is just being made may have the former login: it begins anew, too.
      if (session === null) retry.knock()
      else session.end(MOVED)
    },
    end: (reason) => session?.end(reason),
    look: () => session?.look(),
    stop(reason) {
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
