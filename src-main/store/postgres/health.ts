import type { WireError } from '../../../src-shared/errors/app-error.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { StoreHealth, StoreWarning } from '../store.ts'

/** What is known of the server, and who wants to hear when that changes. */
export interface Health {
  now(): StoreHealth
  setUp(): void
  /** One that is down already stays down since then, with the new failure. Says whether that is news. */
  setDown(failure: WireError): boolean
  /** It works as before, but will end so: null, where that is over. */
  setWarning(warning: StoreWarning | null): void
  /** See `Store.onHealth`. */
  onHealth(listener: () => void): () => void
}

export function createHealth(clock: Clock): Health {
  const listeners = new Set<() => void>()
  let health: StoreHealth = { state: 'up' }
  let warning: StoreWarning | null = null
  const become = (next: StoreHealth): void => {
    health = next
    for (const listener of listeners) queueMicrotask(listener)
  }
  return {
    now: () => (health.state === 'up' && warning !== null ? { ...health, warning } : health),
    setUp() {
      if (health.state === 'down') become({ state: 'up' })
    },
    setDown(failure) {
      if (health.state === 'down' && health.failure.message === failure.message) return false
      const sinceMs = health.state === 'down' ? health.sinceMs : clock.now()
      become({ state: 'down', sinceMs, failure })
      return true
    },
    setWarning(next) {
      if (warning?.message === next?.message && warning?.untilMs === next?.untilMs) return
      warning = next
      become(health)
    },
    onHealth(listener) {
      const own = (): void => listener()
      listeners.add(own)
      return () => void listeners.delete(own)
    },
  }
}
