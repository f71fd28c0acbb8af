import { createHash } from 'node:crypto'
import type { SandboxIndexLag } from '../config.ts'

/**
 * Site milliseconds from a ticket's change until search sees it. A random lag belongs to the ticket and the seed, so
 * the same tickets arrive in the same disorder every time, and two changes of one ticket never overtake each other.
 */
export function indexLagMs(lag: SandboxIndexLag, seed: number, issueId: number): number {
  if (lag.kind === 'none') return 0
  if (lag.kind === 'fixed') return lag.ms
  const hash = createHash('sha256').update(`${seed}:${issueId}`).digest().readUInt32BE(0)
  return lag.minMs + Math.floor((hash / 2 ** 32) * (lag.maxMs - lag.minMs + 1))
}
