import { BrowserWindow, ipcMain, type WebContents } from 'electron'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { EventHub } from '../../src-shared/contract/client.ts'
import {
  type CALL_CHANNEL,
  type DESKTOP_CHANNEL,
  EVENT_CHANNEL,
} from '../../src-shared/contract/preload-api.ts'
import { answerCall, type Gate } from './ipc-call.ts'

/** Opens methods to the window: the contract's, or the program's own. */
export function answerCalls(channel: typeof CALL_CHANNEL | typeof DESKTOP_CHANNEL, gate: Gate): void {
  ipcMain.handle(channel, ({ sender, senderFrame }, method: unknown, params: unknown, version: unknown) =>
    answerCall(gate, senderFrame, { method, params, version }, leftBy(sender)),
  )
}

const leaving = new WeakMap<WebContents, AbortSignal>()

/** Aborted when the window is gone. One for all of its calls, however many are under way. */
function leftBy(sender: WebContents): AbortSignal {
  const known = leaving.get(sender)
  if (known !== undefined) return known
  const left = new AbortController()
  sender.once('destroyed', () =>
    left.abort(
      new AppError('cancelled', 'The window is gone.', { consequence: 'What it asked for was given up.' }),
    ),
  )
  leaving.set(sender, left.signal)
  return left.signal
}

/** Carries every event of the core to every open window, until the returned function is called. */
export function pushEvents(hub: EventHub): () => void {
  return hub.onAny((event, payload) => {
    for (const window of BrowserWindow.getAllWindows()) window.webContents.send(EVENT_CHANNEL, event, payload)
  })
}
