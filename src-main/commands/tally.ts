import type { CliIo } from './io.ts'

/** Shows on stderr how many of something there are by now, where nobody knows how many there will be. */
export interface Tally {
  update(count: number): void
  /** Leaves the last state standing on its own line. */
  end(): void
}

/** On a terminal a number that moves, in steps that can be read; elsewhere a line at each so many. */
const STEP = 10_000
const STEP_OF_LINES = 100_000

/** `label` precedes the number, `unit` follows it: `Reading 120000 rows`. */
export function createTally({ isTTY, stderr }: CliIo, label: string, unit: string): Tally {
  const step = isTTY ? STEP : STEP_OF_LINES
  let told = 0
  return {
    update(count) {
      if (count < told + step) return
      told = count - (count % step)
      const text = `${label} ${told} ${unit}`
      stderr.write(isTTY ? `\r\u001B[K${text}` : `${text}\n`)
    },
    end() {
      if (isTTY && told > 0) stderr.write('\n')
      told = 0
    },
  }
}
