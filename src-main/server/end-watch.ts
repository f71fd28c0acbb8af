import type { Caller } from './caller.ts'

/** How often it is looked, in ms. */
const LOOK_MS = 500

/** Tells those who wait when a token or a session has ended. */
export interface EndWatch {
  /** Hears of it once, until the returned function is called. */
  add(caller: Caller, listener: () => void): () => void
  /** Looks now. */
  look(): void
  stop(): void
}

/** Looks at all who are watched twice a second, and while there is nobody not at all. */
export function createEndWatch(isLive: (caller: Caller) => boolean): EndWatch {
  const watched = new Map<() => void, Caller>()
  let timer: NodeJS.Timeout | undefined
  const stopIfIdle = (): void => {
    if (watched.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
  const look = (): void => {
    for (const [listener, caller] of watched) {
      if (isLive(caller)) continue
      watched.delete(listener)
      listener()
    }
    stopIfIdle()
  }
  return {
    add(caller, listener) {
      const own = (): void => listener()
      watched.set(own, caller)
      timer ??= setInterval(look, LOOK_MS).unref()
      return () => {
        watched.delete(own)
        stopIfIdle()
      }
    },
    look,
    stop() {
      watched.clear()
      stopIfIdle()
    },
  }
}
