/** Does work on some items at a time, in order, and gives all that it gave. */
export async function inSteps<T, R>(
  items: readonly T[],
  size: number,
  step: (some: readonly T[]) => Promise<R[]>,
): Promise<R[]> {
  const given: R[] = []
  for (let from = 0; from < items.length; from += size) {
    for (const one of await step(items.slice(from, from + size))) given.push(one)
  }
  return given
}
