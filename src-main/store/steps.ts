import { setImmediate } from 'node:timers/promises'

// Work on many rows, in steps that let the event loop go on in between.

/** Does work on at most `size` items at a time, in order, and gives all that it gave. */
export async function inSteps<T, R>(
  items: readonly T[],
  size: number,
  step: (some: readonly T[]) => Promise<readonly R[] | void>,
): Promise<R[]> {
  const given: R[] = []
  for (let from = 0; from < items.length; from += size) {
    if (from > 0) await setImmediate()
    for (const one of (await step(items.slice(from, from + size))) ?? []) given.push(one)
  }
  return given
}

/** All but what a last step of at most `size` items takes, and that. */
export function splitLast<T>(items: readonly T[], size: number): [former: readonly T[], last: readonly T[]] {
  const from = Math.max(0, Math.ceil(items.length / size) - 1) * size
  return [items.slice(0, from), items.slice(from)]
}

/**
 * Reads at most `size` rows at a time, each step from where the last one ended, until one has fewer. Takes what reads
 * the rows after the one given; null to begin.
 */
export async function* rowsInSteps<R>(
  size: number,
  rowsAfter: (last: R | null) => Promise<readonly R[]>,
): AsyncGenerator<readonly R[]> {
  for (let last: R | null = null; ;) {
    const rows = await rowsAfter(last)
    yield rows
    if (rows.length < size) return
    last = rows.at(-1) ?? null
    await setImmediate()
  }
}

/** All that `rowsInSteps` reads. */
export async function allInSteps<R>(...steps: Parameters<typeof rowsInSteps<R>>): Promise<R[]> {
  const found: R[] = []
  for await (const rows of rowsInSteps(...steps)) for (const row of rows) found.push(row)
  return found
}
