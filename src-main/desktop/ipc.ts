import { BrowserWindow, ipcMain } from 'electron'
import type { EventHub } from '../../src-shared/contract/hub.ts'
import { CALL_CHANNEL, EVENT_CHANNEL } from '../../src-shared/contract/preload-api.ts'
import { answerCall, type Gate } from './ipc-call.ts'

/** Opens the contract's methods to the window. */
export function answerCalls(gate: Gate): void {
  ipcMain.handle(CALL_CHANNEL, (event, method: unknown, params: unknown) =>
    answerCall(gate, event.senderFrame, method, params),
  )
}

/** Carries every event of the core to every open window, until the returned function is called. */
export function pushEvents(hub: EventHub): () => void {
  return hub.onAny((event, payload) => {
    for (const window of BrowserWindow.getAllWindows()) window.webContents.send(EVENT_CHANNEL, event, payload)
  })
}
