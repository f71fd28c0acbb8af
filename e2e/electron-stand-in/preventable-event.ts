import type { EventEmitter } from 'node:events'

/** Emits an event that listeners may prevent, as Electron's have it; false where one did. */
export function emitPreventable(emitter: EventEmitter, name: string, details: object = {}): boolean {
  const event = {
    ...details,
    defaultPrevented: false,
    preventDefault: () => void (event.defaultPrevented = true),
  }
  emitter.emit(name, event)
  return !event.defaultPrevented
}
