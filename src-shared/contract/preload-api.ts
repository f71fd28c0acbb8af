import type { DesktopMethod } from './desktop.ts'
import type { Reply } from './dispatch.ts'
import type { EventName } from './events.ts'
import type { MethodName } from './methods.ts'

/** The channels between the desktop window and the main process. */
export const CALL_CHANNEL = 'tpm:call'
export const DESKTOP_CHANNEL = 'tpm:desktop'
export const EVENT_CHANNEL = 'tpm:event'

/**
 * What the desktop's preload puts on the page as `window.jiraTpm`: one function a method and nothing that could name
 * another. Params are `unknown` because the main process checks them anyway, whatever the page promises.
 */
export interface PreloadApi {
  /** Of the contract; sent to the main process with each call. */
  readonly version: number
  readonly call: { readonly [M in MethodName]: (params: unknown) => Promise<Reply> }
  /** Of the desktop program itself: `desktop.ts`. */
  readonly desktop: { readonly [M in DesktopMethod]: (params: unknown) => Promise<Reply> }
  /** Called with every event that the core pushes; returns what unsubscribes. */
  onEvent(listener: (event: EventName, payload: unknown) => void): () => void
}
