/**
 * Runs `load` when asked, one at a time. Asked while it runs, it runs once more afterwards; two runs begin at least
 * `gapMs` apart, unless the person waits for it (`urgent`). `load` deals with its own failures.
 */
export function createRefresher(load: () => Promise<void>, gapMs: number) {
  let running = false
  let again: 'no' | 'later' | 'now' = 'no'
  let resting: ReturnType<typeof setTimeout> | undefined
  let stopped = false

  async function run(): Promise<void> {
    clearTimeout(resting)
    running = true
    again = 'no'
    resting = setTimeout(() => {
      resting = undefined
      next()
    }, gapMs)
    await load()
    running = false
    next()
  }

  function next(): void {
    if (stopped || running || again === 'no') return
    if (again === 'now' || resting === undefined) void run()
  }

  return {
    /** `urgent`: a person waits for it. */
    request(urgent = false): void {
      if (again !== 'now') again = urgent ? 'now' : 'later'
      next()
    },
    stop(): void {
      stopped = true
      clearTimeout(resting)
    },
  }
}

export type Refresher = ReturnType<typeof createRefresher>
