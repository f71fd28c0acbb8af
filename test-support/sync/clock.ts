import type { Clock } from '../../src-main/runtime/clock.ts'

const STEP_MS = 5_000

/** A clock that stands still until the test moves it. */
export interface HandClock extends Clock {
  /** Lets so many ms pass at once, as for a machine that slept: whoever waited for a time in between wakes up now. */
  jump(ms: number): void
  /** Sets it back, as a person or a time server does. */
  setBack(ms: number): void
  /** Lets so many ms pass in steps of five seconds, and does something after each. */
  pass(ms: number, afterEach: (stepMs: number) => Promise<void>): Promise<void>
}

export function createHandClock(startMs = Date.UTC(2026, 5, 1, 12)): HandClock {
  let nowMs = startMs
  let backMs = 0
  const sleepers = new Set<{ readonly untilMs: number; readonly wake: () => void }>()
  const jump = (ms: number): void => {
    nowMs += ms
    for (const sleeper of sleepers) {
      if (sleeper.untilMs > nowMs) continue
      sleepers.delete(sleeper)
      sleeper.wake()
    }
  }
  return {
    now: () => nowMs - backMs,
    elapsedMs: () => nowMs,
    setBack: (ms) => void (backMs += ms),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason as Error)
        const sleeper = { untilMs: nowMs + ms, wake: resolve }
        sleepers.add(sleeper)
        signal.addEventListener(
          'abort',
          () => {
            sleepers.delete(sleeper)
            reject(signal.reason as Error)
          },
          { once: true },
        )
      }),
    jump,
    async pass(ms, afterEach) {
      for (let passed = 0; passed < ms; passed += STEP_MS) {
        jump(STEP_MS)
        await afterEach(STEP_MS)
      }
    },
  }
}
