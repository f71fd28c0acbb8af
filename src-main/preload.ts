import { contextBridge, ipcRenderer } from 'electron'
import type { Reply } from '../src-shared/contract/dispatch.ts'
import type { EventName } from '../src-shared/contract/events.ts'
import type { MethodName } from '../src-shared/contract/methods.ts'
import { CALL_CHANNEL, EVENT_CHANNEL, type PreloadApi } from '../src-shared/contract/preload-api.ts'

function call(method: MethodName): (params: unknown) => Promise<Reply> {
  return (params) => ipcRenderer.invoke(CALL_CHANNEL, method, params) as Promise<Reply>
}

const api = {
  // Written out, so that the page can reach these operations and no others.
  call: {
    'session.get': call('session.get'),
    'counts.get': call('counts.get'),
    'counts.outside': call('counts.outside'),
    'tickets.list': call('tickets.list'),
    'tickets.left': call('tickets.left'),
    'sync.now': call('sync.now'),
    'sync.status': call('sync.status'),
    'runs.start': call('runs.start'),
    'runs.pause': call('runs.pause'),
    'runs.resume': call('runs.resume'),
    'runs.stop': call('runs.stop'),
    'runs.current': call('runs.current'),
    'runs.get': call('runs.get'),
    'runs.list': call('runs.list'),
    'runs.minutes': call('runs.minutes'),
    'runs.readReplay': call('runs.readReplay'),
    'runs.cleanUpPreview': call('runs.cleanUpPreview'),
    'runs.cleanUp': call('runs.cleanUp'),
    'runs.stopCleanUp': call('runs.stopCleanUp'),
    'runs.currentCleanUp': call('runs.currentCleanUp'),
    'audit.run': call('audit.run'),
    'audit.span': call('audit.span'),
    'settings.get': call('settings.get'),
    'settings.preflight': call('settings.preflight'),
    'settings.connect': call('settings.connect'),
    'settings.disconnect': call('settings.disconnect'),
    'settings.store': call('settings.store'),
    'settings.checkStore': call('settings.checkStore'),
    'settings.useStore': call('settings.useStore'),
    'store.status': call('store.status'),
    'store.useFallback': call('store.useFallback'),
    'store.usePrimary': call('store.usePrimary'),
    'data.loadSample': call('data.loadSample'),
    'data.createTables': call('data.createTables'),
    'data.dropTables': call('data.dropTables'),
  },
  onEvent: (listener) => {
    // Electron's event object stays here: through it a page could reach the sender.
    const hear = (_event: unknown, event: EventName, payload: unknown): void => listener(event, payload)
    ipcRenderer.on(EVENT_CHANNEL, hear)
    return () => void ipcRenderer.off(EVENT_CHANNEL, hear)
  },
} satisfies PreloadApi

contextBridge.exposeInMainWorld('jiraTpm', api)
