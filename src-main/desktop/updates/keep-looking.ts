import type { Clock } from '../../runtime/clock.ts'
import { sleep } from '../../runtime/async.ts'

/** Not while the person waits for the window. */
const FIRST_MS = 60_000
const EVERY_MS = 24 * 60 * 60_000

/** Calls `look` a minute after the start and daily from then on, until the signal is aborted. Rejects as `look` does. */
export async function keepLooking(
  look: () => Promise<void>,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  for (let ms = FIRST_MS; await sleep(ms, signal, clock); ms = EVERY_MS) await look()
}
