/** A signal that also ends a call when its time is up, and tells which of the two it was. */
export interface Deadline {
  readonly signal: AbortSignal
  passed(): boolean
  /** Lets go of the timer and of the caller's signal. To be called when the call has ended, whichever way. */
  clear(): void
}

/** Ends at `timeoutMs` real milliseconds from now, or with `signal`. */
export function startDeadline(timeoutMs: number, signal: AbortSignal): Deadline {
  const controller = new AbortController()
  let passed = false
  const timer = setTimeout(() => {
    passed = true
    controller.abort()
  }, timeoutMs)
  const follow = (): void => controller.abort()
  signal.addEventListener('abort', follow, { once: true })
  return {
    signal: controller.signal,
    passed: () => passed,
    clear() {
      clearTimeout(timer)
      signal.removeEventListener('abort', follow)
    },
  }
}
