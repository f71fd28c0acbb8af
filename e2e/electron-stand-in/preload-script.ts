import { readFileSync } from 'node:fs'
import { createContextBridge } from './page/context-bridge.ts'
import { createDecoder } from './page/decoder.ts'
import { createEncoder } from './page/encoder.ts'
import { createIpcRenderer } from './page/ipc-renderer.ts'
import { startPreload, type WireNames } from './page/start-preload.ts'

/** The globals through which page and main process exchange text. */
export const WIRE: WireNames = { send: '__standInSend', receive: '__standInReceive' }

/**
 * The script that runs the app's preload in a page. The bundle is pasted in as a function's body, since the page's
 * own policy forbids making code from text.
 */
export function preloadScript(file: string): string {
  const parts = Object.entries({ createContextBridge, createDecoder, createEncoder, createIpcRenderer })
  const partsText = parts.map(([name, part]) => `${name}: ${String(part)}`).join(',\n')
  const bundle = `function (require, module, exports) {\n${readFileSync(file, 'utf8')}\n}`
  return `(${String(startPreload)})({${partsText}}, ${bundle}, ${JSON.stringify(WIRE)})`
}
