import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'

/** A server that is restarted is back by then: nothing stands in for it unasked (real ms). */
const GRACE_MS = 5_000
/** Between two looks whether a run has ended (real ms). */
const LOOK_AGAIN_MS = 1_000

/** Exchanges the store when it is time to, without anybody asking. */
export interface Unasked {
  /** Something changed: what was waited for is waited for no longer, unless it is still wanted. */
  look(): void
  stop(): void
}

interface UnaskedParts {
  /** Whether the fallback is wanted as things are. */
  readonly wantsFallback: () => boolean
  /** Whether the way back is open. */
  readonly wantsBack: () => boolean
  /** Both are told only while they are wanted. `goBack` does nothing while a run is under way. */
  readonly fallBack: () => Promise<void>
  readonly goBack: () => Promise<void>
  readonly clock: Clock
  readonly log: Pick<Log, 'warn'>
}

export function createUnasked({ clock, log, ...parts }: UnaskedParts): Unasked {
  let waiting = new AbortController()
  let stopped = false

  const fallBackLater = async (signal: AbortSignal): Promise<void> => {
    await clock.sleep(GRACE_MS, signal)
    await parts.fallBack()
  }
  const goBackWhenFree = async (signal: AbortSignal): Promise<void> => {
    for (;;) {
      await parts.goBack()
      await clock.sleep(LOOK_AGAIN_MS, signal)
    }
  }
  const until = (signal: AbortSignal, work: (signal: AbortSignal) => Promise<void>): void => {
    work(signal).catch((error: unknown) => {
      if (!signal.aborted) log.warn({ err: error }, 'the store was not exchanged as it should')
    })
  }

  return {
    look() {
      waiting.abort()
      if (stopped) return
      waiting = new AbortController()
      if (parts.wantsFallback()) until(waiting.signal, fallBackLater)
      else if (parts.wantsBack()) until(waiting.signal, goBackWhenFree)
    },
    stop() {
      stopped = true
      waiting.abort()
    },
  }
}
