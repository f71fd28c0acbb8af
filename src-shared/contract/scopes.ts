import type { EventName } from './events.ts'
import type { MethodName } from './methods.ts'

/** What a caller may do, each with all of those before it: look on, work runs, change what is set and stored. */
export const SCOPES = ['read', 'run', 'admin'] as const
export type Scope = (typeof SCOPES)[number]

/** Whether `held` allows what takes `needed`. */
export function allows(held: Scope, needed: Scope): boolean {
  return SCOPES.indexOf(held) >= SCOPES.indexOf(needed)
}

/** The scope that a call takes where callers are told apart: over HTTP. */
export const METHOD_SCOPES: Readonly<Record<MethodName, Scope>> = {
  'session.get': 'read',
  'counts.get': 'read',
  'counts.outside': 'read',
  'tickets.list': 'read',
  'tickets.left': 'read',
  'sync.now': 'run',
  'sync.status': 'read',
  'runs.start': 'run',
  'runs.pause': 'run',
  'runs.resume': 'run',
  'runs.stop': 'run',
  'runs.current': 'read',
  'runs.get': 'read',
  'runs.list': 'read',
  'runs.minutes': 'read',
  'runs.readReplay': 'run',
  'runs.cleanUpPreview': 'run', // it asks Jira for each ticket
  'runs.cleanUp': 'run',
  'runs.stopCleanUp': 'run',
  'runs.currentCleanUp': 'read',
  'audit.run': 'read',
  'audit.span': 'read',
  'settings.get': 'admin',
  'settings.preflight': 'admin',
  'settings.connect': 'admin',
  'settings.disconnect': 'admin',
  'settings.store': 'admin',
  'settings.checkStore': 'admin',
  'settings.useStore': 'admin',
  'store.status': 'read',
  'store.useFallback': 'admin',
  'store.usePrimary': 'admin',
  'data.loadSample': 'admin',
  'data.createTables': 'admin',
  'data.dropTables': 'admin',
}

/** The scope that hears an event where callers are told apart. What tells of settings is for those who may see them. */
export const EVENT_SCOPES: Readonly<Record<EventName, Scope>> = {
  'counts.changed': 'read',
  'sync.changed': 'read',
  'run.changed': 'read',
  'clean-up.changed': 'read',
  'store.changed': 'read',
  'clock.changed': 'read',
  'preflight.changed': 'admin',
  'store-check.changed': 'admin',
  'session.changed': 'read',
  'menu.chosen': 'admin', // of the desktop's own menu
}
