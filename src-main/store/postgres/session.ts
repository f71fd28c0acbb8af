import type { Clock } from '../../runtime/clock.ts'
import { abortable } from './aborts.ts'
import { NoAnswerError, ReadOnlyError } from './failure.ts'
import { refuseUnfit } from './fit-server.ts'
import { createKnock } from './knock.ts'
import type { Listener } from './listener.ts'

const BEAT_MS = 2_000
const ANSWER_MS = 3_000
/** Where this process itself was held up, the answer may be there unread when the time is over. */
const GRACE_MS = 200
/** However often somebody asks, there is some time between two looks. */
const BETWEEN_LOOKS_MS = 250

export interface SessionParts {
  readonly clock: Clock
  /** `onLost` hears when the connection breaks. */
  connect(onLost: (error: unknown) => void): Promise<Listener>
  /** Makes the database ready for use, by connections of the pool. */
  bringUp(): Promise<void>
  /** Throws where the pool gets no connections to the server, or can do nothing by them. */
  checkPool(): Promise<void>
  onUp(listener: Listener): void
}

/** The time from a connection to its loss. */
export interface Session {
  /** Throws what ended it, and never resolves. */
  run(): Promise<never>
  /** Some call failed: looks at the server at once instead of with the next heartbeat. */
  look(): void
  /** Ends it for that reason. */
  end(reason: unknown): void
}

export function createSession(parts: SessionParts): Session {
  const { clock } = parts
  const ending = new AbortController()
  const knock = createKnock(clock)
  const end = (reason: unknown): void => ending.abort(reason)

  const heartbeat = async (listener: Listener): Promise<void> => {
    for (;;) {
      const knocked = await knock.wait(BEAT_MS, ending.signal)
      const state = await inTime(listener.serverState(), clock)
      if (state?.isReadOnly) throw new ReadOnlyError()
      // While that one is at work, a new connection shows whether the server is there.
      if (!knocked && state !== null) continue
      await inTime(parts.checkPool(), clock)
      await clock.sleep(BETWEEN_LOOKS_MS, ending.signal)
    }
  }
  const bringUp = async (listener: Listener): Promise<void> => {
    const state = await listener.serverState()
    if (state === null) throw new NoAnswerError()
    refuseUnfit(state)
    if (state.isReadOnly) throw new ReadOnlyError()
    // First of all: who changes the tables tells of it.
    await listener.listen()
    await parts.bringUp()
  }
  return {
    async run() {
      const listener = await parts.connect(end)
      try {
        // It beats while the tables are made, too: that may take minutes.
        heartbeat(listener).catch(end)
        await abortable(bringUp(listener), ending.signal)
        parts.onUp(listener)
        return await abortable(new Promise<never>(() => {}), ending.signal)
      } finally {
        end(new Error('The session is over'))
        listener.cut()
      }
    },
    look: () => knock.knock(),
    end,
  }
}

/** Throws `NoAnswerError` where the work takes too long. */
async function inTime<T>(work: Promise<T>, clock: Clock): Promise<T> {
  const done = new AbortController()
  const late = async (): Promise<never> => {
    await clock.sleep(ANSWER_MS, done.signal)
    await clock.sleep(GRACE_MS, done.signal)
    throw new NoAnswerError()
  }
  const deadline = late()
  try {
    return await Promise.race([work, deadline])
  } finally {
    deadline.catch(() => {})
    done.abort()
  }
}
