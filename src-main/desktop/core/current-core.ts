import { createEventHub, createInProcessClient, type EventHub } from '../../../src-shared/contract/client.ts'
import type { Dispatch } from '../../../src-shared/contract/dispatch.ts'
import { nothingDone } from '../../../src-shared/errors/app-error.ts'
import type { Transfer } from '../../transfer/transfer.ts'

/** What the window, the menu and the tray speak to: the core of this process, or that of a team server. */
export interface DesktopCore {
  readonly dispatch: Dispatch
  readonly hub: Pick<EventHub, 'onAny'>
  /** Import and export by files of this machine. Throws where they are not to be had. */
  readonly transfer: () => Promise<Transfer>
  /** The Jira's address for a browser; null where it has none. */
  readonly browseUrl: () => string | null
  readonly start: () => Promise<void>
  /** The machine woke up or is online again. */
  readonly wake: () => void
  /** Within two seconds. Safe to call twice. */
  readonly stop: () => Promise<void>
}

/**
 * The core that the window speaks to, which can be exchanged for another while the window is open: calls go to the one that is open when
 * they come, and events come from no other. Who listens stays.
 */
export function createCurrentCore(first: DesktopCore) {
  const hub = createEventHub()
  let core = first
  let leave = first.hub.onAny((event, payload) => hub.publish(event, payload as never))
  let isEnding = false
  const dispatch: Dispatch = (...call) => core.dispatch(...call)

  return {
    dispatch,
    hub,
    client: createInProcessClient(dispatch, hub),
    transfer: () => core.transfer(),
    browseUrl: () => core.browseUrl(),
    wake: () => core.wake(),
    start: () => core.start(),
    /** Ends the core that is open, and starts the next one in its place. Everyone asks anew. */
    async exchange(next: DesktopCore): Promise<void> {
      leave()
      await core.stop()
      core = next
      if (isEnding) throw nothingDone('cancelled', 'Jira TPM is being closed.')
      leave = core.hub.onAny((event, payload) => hub.publish(event, payload as never))
      hub.publish('session.changed', {})
      await core.start()
    },
    async stop(): Promise<void> {
      isEnding = true
      await core.stop()
    },
  }
}

export type CurrentCore = ReturnType<typeof createCurrentCore>
