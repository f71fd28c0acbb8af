/** The lag of the latest tickets decides; a site's index may have a bad hour and recover. */
const SAMPLES = 50

/** How long Jira's search index takes to show a new ticket: the longest of the latest samples, in the site's ms. */
export interface IndexLag {
  /** A ticket came into sight so long after its creation. What is seen only at the next fetch counts until then. */
  add(lagMs: number): void
  /** Null before the first sample. */
  lagMs(): number | null
}

export function createIndexLag(): IndexLag {
  let samples: readonly number[] = []
  return {
    add: (lagMs) => void (samples = [...samples, Math.max(0, lagMs)].slice(-SAMPLES)),
    lagMs: () => (samples.length === 0 ? null : Math.max(...samples)),
  }
}
