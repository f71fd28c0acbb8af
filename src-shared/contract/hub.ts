import type { EventName, EventPayload, Publish } from './events.ts'

type Listener = (event: EventName, payload: unknown) => void

/** Passes each event to everyone who listens, in order, in this process. */
export interface EventHub {
  publish: Publish
  /** Hears every event until the returned function is called: for doors that carry them on. */
  onAny(listener: Listener): () => void
  on<E extends EventName>(event: E, listener: (payload: EventPayload<E>) => void): () => void
}

export function createEventHub(): EventHub {
  const listeners = new Set<Listener>()
  const onAny = (listener: Listener): (() => void) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }
  return {
    publish: (event, payload) => {
      for (const listener of listeners) listener(event, payload)
    },
    onAny,
    on: (wanted, listener) =>
      onAny((event, payload) => {
        if (event === wanted) listener(payload as EventPayload<typeof wanted>)
      }),
  }
}
