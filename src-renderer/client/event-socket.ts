import { backOffMs } from './back-off.ts'

export interface EventSocketOptions {
  readonly url: string
  readonly onOpen: () => void
  /** `opened` tells a connection that broke from one that never came to be. */
  readonly onClose: (opened: boolean) => void
  readonly onMessage: (text: unknown) => void
}

/** A WebSocket that opens itself again, later and later while it fails, until it is stopped. */
export function createEventSocket(options: EventSocketOptions): { start(): void; stop(): void } {
  let socket: WebSocket | undefined
  let retry: ReturnType<typeof setTimeout> | undefined
  let failures = 0
  let stopped = true

  function open(): void {
    let opened = false
    socket = new WebSocket(options.url)
    socket.addEventListener('open', () => {
      opened = true
      failures = 0
      options.onOpen()
    })
    socket.addEventListener('message', (message: MessageEvent<unknown>) => options.onMessage(message.data))
    // Every failure ends in a close as well, so nobody listens for errors.
    socket.addEventListener('close', () => {
      if (stopped) return
      failures += 1
      retry = setTimeout(open, backOffMs(failures, Math.random()))
      options.onClose(opened)
    })
  }

  return {
    start() {
      if (!stopped) return
      stopped = false
      open()
    },
    stop() {
      stopped = true
      clearTimeout(retry)
      socket?.close()
    },
  }
}
