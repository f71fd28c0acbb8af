/**
 * Runs `work` when it is asked for, but never twice at a time nor again within `pauseMs` of its end. What is asked for
 * meanwhile is done once, afterwards, so that the last ask is always served. Nothing runs after the signal's abort.
 */
export function paced(work: () => Promise<void>, pauseMs: number, signal: AbortSignal): () => void {
  let busy = false
  let askedAgain = false
  const run = async (): Promise<void> => {
    busy = true
    askedAgain = false
    await work()
    if (signal.aborted) return
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', cancel)
      busy = false
      if (askedAgain) void run()
    }, pauseMs)
    const cancel = (): void => clearTimeout(timer)
    signal.addEventListener('abort', cancel, { once: true })
  }
  return () => {
    if (busy) askedAgain = true
    else if (!signal.aborted) void run()
  }
}
