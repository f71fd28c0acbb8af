import { EventEmitter } from 'node:events'
import type * as Electron from 'electron'
import { carried } from './carried.ts'

type Handler = Parameters<Electron.IpcMain['handle']>[1]

class IpcMain extends EventEmitter implements Pick<Electron.IpcMain, 'handle' | 'removeHandler'> {
  readonly #handlers = new Map<string, Handler>()

  handle(channel: string, handler: Handler): void {
    if (this.#handlers.has(channel))
      throw new Error(`Attempted to register a second handler for '${channel}'`)
    this.#handlers.set(channel, handler)
  }

  removeHandler(channel: string): void {
    this.#handlers.delete(channel)
  }

  /** For the stand-in: calls a handler as `ipcRenderer.invoke` asks for it. */
  async invoke(channel: string, event: object, args: readonly unknown[]): Promise<unknown> {
    const handler = this.#handlers.get(channel)
    if (!handler) throw new Error(`No handler registered for '${channel}'`)
    return (await handler(event as Electron.IpcMainInvokeEvent, ...args)) as unknown
  }
}

export const ipcMain = carried('ipcMain', new IpcMain())
