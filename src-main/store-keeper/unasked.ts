import type { Clock } from '../runtime/clock.ts'
import type { Log } from '../runtime/log.ts'

/** A server that is restarted is back by then: nothing stands in for it unasked (real ms). */
const GRACE_MS = 5_000
/** Between two looks whether a run has ended (real ms). */
const LOOK_AGAIN_MS = 1_000

/** Exchanges the store when it is time to, without anybody asking. */
export interface Unasked {
  /** Something changed: what is still wanted goes on being waited for, and what is not, no longer. */
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

type Want = 'fallback' | 'back' | null

export function createUnasked({ clock, log, ...parts }: UnaskedParts): Unasked {
  let waiting = new AbortController()
  let waitsFor: Want = null
  let stopped = false

  const wanted = (): Want => {
    if (stopped) return null
    if (parts.wantsFallback()) return 'fallback'
    return parts.wantsBack() ? 'back' : null
  }
  const exchange = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work()
    } catch (error) {
      log.warn({ err: error }, 'the store was not exchanged as it should')
    }
  }
  /** Until it is aborted: the exchange itself changes what is wanted. */
  const fallBackLater = async (signal: AbortSignal): Promise<void> => {
    while (await slept(clock, GRACE_MS, signal)) await exchange(parts.fallBack)
  }
  const goBackWhenFree = async (signal: AbortSignal): Promise<void> => {
    do await exchange(parts.goBack)
    while (await slept(clock, LOOK_AGAIN_MS, signal))
  }

  return {
    look() {
      const want = wanted()
      if (want === waitsFor) return
      waitsFor = want
      waiting.abort()
      waiting = new AbortController()
      if (want === 'fallback') void fallBackLater(waiting.signal)
      if (want === 'back') void goBackWhenFree(waiting.signal)
    },
    stop() {
      stopped = true
      waiting.abort()
    },
  }
}

/** False where the signal ended the sleep. */
function slept(clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> {
  return clock.sleep(ms, signal).then(
    () => true,
    () => false,
  )
}
