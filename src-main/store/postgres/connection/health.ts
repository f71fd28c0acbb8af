import { isDeepStrictEqual } from 'node:util'
import type { WireError } from '../../../../src-shared/errors/app-error.ts'
import type { Clock } from '../../../runtime/clock.ts'
import type { StoreHealth, StoreWarning } from '../../store.ts'
import type { ServerLink } from './link.ts'

const MEGABYTE_OF_ROWS = 550

export type Health = ReturnType<typeof createHealth>

/** What is known of the server, and who subscribes to changes of it. */
export function createHealth(clock: Clock) {
  const listeners = new Set<() => void>()
  let health: StoreHealth = { state: 'up' }
  let warning: StoreWarning | null = null
  const become = (next: StoreHealth): void => {
    health = next
    for (const listener of listeners) queueMicrotask(listener)
  }
  return {
    now: (): StoreHealth => (health.state === 'up' && warning !== null ? { ...health, warning } : health),
    /** Says whether that is news. */
    setUp(): boolean {
      if (health.state === 'up') return false
      become({ state: 'up' })
      return true
    },
    /** One that is down already stays down since then, with the new failure. Says whether that is news. */
    setDown(failure: WireError): boolean {
      if (health.state === 'down' && isDeepStrictEqual(health.failure, failure)) return false
      const sinceMs = health.state === 'down' ? health.sinceMs : clock.now()
      become({ state: 'down', sinceMs, failure })
      return true
    },
    /** It works as before, but will end so: null, where that is over. */
    setWarning(next: StoreWarning | null): void {
      if (warning?.what === next?.what && warning?.untilMs === next?.untilMs) return
      warning = next
      become(health)
    },
    /** See `Store.onHealth`. */
    onHealth: (listener: () => void): (() => void) => {
      const own = (): void => listener()
      listeners.add(own)
      return () => void listeners.delete(own)
    },
  }
}

/**
 * Whether a server whose disk was full takes writes again: all others fail at once meanwhile, so none would find
 * out. Writes a megabyte, so that a few freed blocks do not count as room, to a temporary table that is gone with the
 * commit: its blocks are on the disk of our tables, need no log (which must not fill the disk further), and leave
 * nothing. A user who may make none (42501) is believed without. Throws what the server says, 53100 while it is full.
 */
export function probeWrites(link: ServerLink): Promise<void> {
  return link.lendDirect(async (send) => {
    try {
      await send(WRITE_PROBE)
    } catch (error) {
      await send('ROLLBACK')
      if (!(error instanceof Error && 'code' in error && error.code === '42501')) throw error
    }
  })
}

const WRITE_PROBE = `
  BEGIN; SET LOCAL temp_tablespaces = '';
  CREATE TEMPORARY TABLE jira_tpm_write_probe (filler TEXT) ON COMMIT DROP;
  -- Longer texts would be packed, and take no room.
  INSERT INTO jira_tpm_write_probe SELECT repeat('x', 1900) FROM generate_series(1, ${MEGABYTE_OF_ROWS});
  COMMIT`
