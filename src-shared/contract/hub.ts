import type { EventName, EventPayload, Publish } from './events.ts'

type Listener = (event: EventName, payload: unknown) => void

/** Passes each event to everyone who listens, in order, in this process. */
export function createEventHub() {
  const listeners = new Set<Listener>()
  const publish: Publish = (event, payload) => {
    for (const listener of listeners) listener(event, payload)
  }
  /** Called with every event; returns what unsubscribes. For hosts that carry them on. */
  const onAny = (listener: Listener): (() => void) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }
  const on = <E extends EventName>(wanted: E, listener: (payload: EventPayload<E>) => void): (() => void) =>
    onAny((event, payload) => {
      if (event === wanted) listener(payload as EventPayload<E>)
    })
  return { publish, onAny, on }
}
export type EventHub = ReturnType<typeof createEventHub>
