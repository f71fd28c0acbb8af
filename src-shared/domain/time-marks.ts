import type { Minute } from './minute.ts'
import { MS_PER_MINUTE } from './minute.ts'

/** What of a mark decides where it stands and what it says. */
export interface PlacedMark {
  readonly kind: string
  readonly text: string
  /** Epoch ms. */
  readonly fromMs: number
}

/**
 * The marks of each bar: of that in which one begins, or of the first, where it began before. `starts` are the bars'
 * beginnings, in order; the last bar ends at `toMinute`.
 */
export function marksByBar<M extends PlacedMark>(
  marks: readonly M[],
  starts: readonly Minute[],
  toMinute: Minute,
): M[][] {
  const bars: M[][] = starts.map(() => [])
  for (const mark of marks) {
    const minute = Math.floor(mark.fromMs / MS_PER_MINUTE)
    if (minute >= toMinute) continue
    const after = starts.findIndex((start) => start > minute)
    bars[after === -1 ? starts.length - 1 : Math.max(0, after - 1)]?.push(mark)
  }
  return bars
}

/** `deploy 5.17`, `incident: database full`: what a mark says where nothing else shows its kind. */
export function markText({ kind, text }: Pick<PlacedMark, 'kind' | 'text'>): string {
  return kind === 'incident' ? `incident: ${text}` : text
}
