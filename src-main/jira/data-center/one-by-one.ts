/** How many requests are under way at once: a server of one's own has fewer threads than Atlassian. */
const CONCURRENCY = 4

/** Does something with each item, a few at a time, and gives the results in their order. The first error ends it. */
export async function oneByOne<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  let next = 0
  let failed = false
  const lane = async (): Promise<void> => {
    while (next < items.length && !failed) {
      const n = next++
      try {
        results[n] = await work(items[n] as T)
      } catch (error) {
        failed = true
        throw error
      }
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, lane))
  return results
}
