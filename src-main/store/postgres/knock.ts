import type { Clock } from '../../runtime/clock.ts'
import { abortable } from './aborts.ts'

/** A wait that can be cut short. */
export interface Knock {
  /** True where somebody knocked, before or during the wait; rejects with the signal's reason when it is aborted. */
  wait(ms: number, signal: AbortSignal): Promise<boolean>
  knock(): void
}

export function createKnock(clock: Clock): Knock {
  let knocked = new AbortController()
  return {
    async wait(ms, signal) {
      const nap = knocked
      try {
        await abortable(
          clock.sleep(ms, nap.signal).catch(() => {}),
          signal,
        )
        return nap.signal.aborted
      } finally {
        nap.abort() // no timer is left behind
        knocked = new AbortController()
      }
    },
    knock: () => knocked.abort(),
  }
}
