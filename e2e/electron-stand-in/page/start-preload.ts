import type { createContextBridge } from './context-bridge.ts'
import type { createDecoder } from './decoder.ts'
import type { createEncoder } from './encoder.ts'
import type { createIpcRenderer, ToPage } from './ipc-renderer.ts'

export interface PreloadParts {
  readonly createContextBridge: typeof createContextBridge
  readonly createDecoder: typeof createDecoder
  readonly createEncoder: typeof createEncoder
  readonly createIpcRenderer: typeof createIpcRenderer
}

/** The app's own preload bundle, in the form in which Electron calls it. */
export type PreloadBundle = (
  require: (id: string) => unknown,
  module: { exports: object },
  exports: object,
) => void

/** Names of the page's globals through which text goes: the first is given by Chromium and taken away at once. */
export interface WireNames {
  readonly send: string
  readonly receive: string
}

/**
 * Runs the app's preload before the page's own scripts, with the `electron` that a sandboxed preload may require.
 * Self-contained: this source is sent into the page.
 */
export function startPreload(parts: PreloadParts, bundle: PreloadBundle, names: WireNames): void {
  const page = globalThis as typeof globalThis & Record<string, unknown>
  if (page.self !== page.top) return // Electron runs it in the main frame only
  const encode = parts.createEncoder()
  const decode = parts.createDecoder()
  const sendText = page[names.send] as (text: string) => void
  delete page[names.send]

  const { ipcRenderer, hear } = parts.createIpcRenderer({
    send: (kind, id, channel, args) => sendText([kind, id, channel, encode(args)].join('\n')),
  })
  Object.defineProperty(page, names.receive, {
    value: (kind: ToPage, id: string, channel: string, text: string) =>
      hear(kind, id, channel, decode(text) as unknown[]),
  })

  const electron = { ipcRenderer, contextBridge: parts.createContextBridge(page) }
  const require = (id: string): unknown => {
    if (id === 'electron' || id === 'electron/renderer') return electron
    throw new Error(`module not found: ${id}`) // so says a sandboxed preload of Node's modules too
  }
  try {
    const module = { exports: {} }
    bundle(require, module, module.exports)
    sendText(['preload-done', '', '', '[]'].join('\n'))
  } catch (error) {
    sendText(['preload-failed', '', '', encode([String(error)])].join('\n'))
  }
}
