import { BrowserWindow, ipcMain } from 'electron'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { EventHub } from '../../src-shared/contract/client.ts'
import { CALL_CHANNEL, EVENT_CHANNEL } from '../../src-shared/contract/preload-api.ts'
import { answerCall, type Gate } from './ipc-call.ts'

/** Opens the contract's methods to the window. */
export function answerCalls(gate: Gate): void {
  ipcMain.handle(
    CALL_CHANNEL,
    async ({ sender, senderFrame }, method: unknown, params: unknown, version: unknown) => {
      const left = new AbortController()
      const leave = (): void =>
        left.abort(
          new AppError('cancelled', 'The window is gone.', {
            consequence: 'What it asked for was given up.',
          }),
        )
      sender.once('destroyed', leave)
      try {
        return await answerCall(gate, senderFrame, { method, params, version }, left.signal)
      } finally {
        sender.off('destroyed', leave)
      }
    },
  )
}

/** Carries every event of the core to every open window, until the returned function is called. */
export function pushEvents(hub: EventHub): () => void {
  return hub.onAny((event, payload) => {
    for (const window of BrowserWindow.getAllWindows()) window.webContents.send(EVENT_CHANNEL, event, payload)
  })
}
