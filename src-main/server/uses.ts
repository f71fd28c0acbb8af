import type { Clock } from '../runtime/clock.ts'

/** So exactly is it known when a token was last used: its row is not written at each call (ms). */
const EXACT_MS = 10 * 60_000

/** How often those that are due are written, ms. */
const WRITE_MS = 30_000

/** Of more all are forgotten, and written once more than they had to be. */
const MAX_NOTED = 5_000

/** Notes which tokens, and links by what they opened, are in use; written together, and not at all while the store is away. */
export function createUses(write: (ids: readonly string[]) => Promise<void>, clock: Pick<Clock, 'now'>) {
  const notedMs = new Map<string, number>()
  const due = new Set<string>()
  const writeDue = async (): Promise<void> => {
    if (due.size === 0) return
    const ids = [...due]
    due.clear()
    await write(ids).catch(() => ids.forEach((id) => due.add(id)))
  }
  const timer = setInterval(() => void writeDue(), WRITE_MS).unref()
  return {
    note: ({ id: own, linkId }: { readonly id: string; readonly linkId: string | null }): void => {
      const id = linkId ?? own
      const nowMs = clock.now()
      if (nowMs - (notedMs.get(id) ?? -Infinity) < EXACT_MS) return
      if (notedMs.size >= MAX_NOTED) notedMs.clear()
      notedMs.set(id, nowMs)
      due.add(id)
    },
    /** At once, what is due. */
    write: writeDue,
    stop: (): void => clearInterval(timer),
  }
}
