type Listener = (event: object, ...args: unknown[]) => void

/** What the page says to the main process; `id` tells an invocation's answer from others'. */
export type FromPage = 'invoke' | 'send' | 'preload-done' | 'preload-failed'
/** What the main process says to the page. */
export type ToPage = 'push' | 'resolve' | 'reject'

export interface PageWire {
  send(kind: FromPage, id: string, channel: string, args: readonly unknown[]): void
}

/** Makes the preload's `ipcRenderer` and what takes the main process's messages to it. Self-contained, for the page. */
export function createIpcRenderer(wire: PageWire) {
  const listeners = new Map<string, Set<Listener>>()
  const waiting = new Map<string, PromiseWithResolvers<unknown>>()
  // Answers to a page that was reloaded meanwhile must not be taken for answers to this one.
  const document = Math.random().toString(36).slice(2)
  let count = 0

  const invoke = async (channel: string, ...args: unknown[]): Promise<unknown> => {
    const id = `${document}-${(count += 1)}`
    const answer = Promise.withResolvers<unknown>()
    wire.send('invoke', id, channel, args)
    waiting.set(id, answer)
    return await answer.promise
  }
  const on = (channel: string, listener: Listener): object => {
    const known = listeners.get(channel) ?? new Set()
    listeners.set(channel, known.add(listener))
    return ipcRenderer
  }
  const off = (channel: string, listener: Listener): object => {
    listeners.get(channel)?.delete(listener)
    return ipcRenderer
  }
  const send = (channel: string, ...args: unknown[]): void => wire.send('send', '', channel, args)
  const ipcRenderer = { invoke, send, on, off, addListener: on, removeListener: off }

  const hear = (kind: ToPage, id: string, channel: string, args: readonly unknown[]): void => {
    if (kind === 'push') {
      for (const listener of listeners.get(channel) ?? [])
        listener({ sender: ipcRenderer, ports: [] }, ...args)
      return
    }
    const answer = waiting.get(id)
    waiting.delete(id)
    if (kind === 'resolve') answer?.resolve(args[0])
    else answer?.reject(new Error(`Error invoking remote method '${channel}': ${String(args[0])}`))
  }
  return { ipcRenderer, hear }
}
