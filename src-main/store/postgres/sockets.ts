import { Socket } from 'node:net'

/** Every socket to one server, so that all can be cut at once: a stalled one never ends by itself. */
export interface Sockets {
  /** A new one, not connected yet. */
  make(): Socket
  /** Cuts them all. What waits for an answer on them fails with `error`. */
  cut(error: Error): void
}

export function createSockets(): Sockets {
  const sockets = new Set<Socket>()
  return {
    make() {
      const socket = new Socket()
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
      return socket
    },
    cut(error) {
      for (const socket of sockets) socket.destroy(error)
    },
  }
}
