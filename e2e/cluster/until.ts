import { setTimeout as delay } from 'node:timers/promises'

export interface Patience {
  readonly timeoutMs?: number
  readonly everyMs?: number
  readonly signal?: AbortSignal | undefined
  /** What else to say where it does not come. */
  readonly said?: () => string
}

const TIMEOUT_MS = 120_000
const EVERY_MS = 100

/**
 * Asks again and again until there is an answer that is not null or false; an error is none yet. Gives it. Throws an Error
 * that says what did not come, and the last reason for it.
 */
export async function until<T>(
  what: string,
  ask: () => Promise<T | null | false> | T | null | false,
  { timeoutMs = TIMEOUT_MS, everyMs = EVERY_MS, signal, said }: Patience = {},
): Promise<T> {
  const began = performance.now()
  let reason = ''
  for (;;) {
    signal?.throwIfAborted()
    try {
      const answer = await ask()
      if (answer !== null && answer !== false) return answer
    } catch (error) {
      reason = String(error)
    }
    if (performance.now() - began > timeoutMs) {
      throw new Error(
        [`Not within ${timeoutMs / 1_000} s: ${what}`, reason, said?.() ?? ''].join('\n').trim(),
      )
    }
    await delay(everyMs, undefined, signal === undefined ? {} : { signal })
  }
}
