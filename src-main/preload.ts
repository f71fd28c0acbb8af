import { contextBridge, ipcRenderer } from 'electron'
import type { Reply } from '../src-shared/contract/dispatch.ts'
import type { EventName } from '../src-shared/contract/events.ts'
import type { MethodName } from '../src-shared/contract/methods.ts'
import type { DesktopMethod } from '../src-shared/contract/desktop.ts'
import {
  CALL_CHANNEL,
  DESKTOP_CHANNEL,
  EVENT_CHANNEL,
  type PreloadApi,
} from '../src-shared/contract/preload-api.ts'
import { CONTRACT_VERSION } from '../src-shared/contract/version.ts'

/** Written in by the bundler (electron.vite.config.ts): the contract itself would bring its schemas along, 170 kB. */
declare const METHOD_NAMES: readonly MethodName[]
declare const DESKTOP_METHOD_NAMES: readonly DesktopMethod[]

const invoke =
  (channel: string) =>
  (method: string): [string, (params: unknown) => Promise<Reply>] => [
    method,
    (params) => ipcRenderer.invoke(channel, method, params, CONTRACT_VERSION) as Promise<Reply>,
  ]

const api = {
  version: CONTRACT_VERSION,
  // One function a method, so that the page can reach these operations and no others.
  call: Object.fromEntries(METHOD_NAMES.map(invoke(CALL_CHANNEL))) as PreloadApi['call'],
  desktop: Object.fromEntries(DESKTOP_METHOD_NAMES.map(invoke(DESKTOP_CHANNEL))) as PreloadApi['desktop'],
  onEvent: (listener) => {
    // Electron's event object stays here: through it a page could reach the sender.
    const pass = (_event: unknown, event: EventName, payload: unknown): void => listener(event, payload)
    ipcRenderer.on(EVENT_CHANNEL, pass)
    return () => void ipcRenderer.off(EVENT_CHANNEL, pass)
  },
} satisfies PreloadApi

contextBridge.exposeInMainWorld('jiraTpm', api)
