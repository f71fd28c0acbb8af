import type { PlacedMark } from '../time-marks.ts'

/** One flag on top of a chart, with all the marks that it stands for. */
export interface Flag<M extends PlacedMark> {
  /** Where it stands: that of the first of its marks. */
  readonly x: number
  readonly marks: readonly M[]
}

/**
 * The flags of marks, which are in the order of time and begin before `toMs`, where the chart ends: those that stand within
 * `roomPx` are one. `left`: where a time is, in pixels.
 */
export function flagsOfMarks<M extends PlacedMark>(
  marks: readonly M[],
  {
    toMs,
    left,
    roomPx,
  }: { readonly toMs: number; readonly left: (ms: number) => number; readonly roomPx: number },
): Flag<M>[] {
  const flags: { x: number; marks: M[] }[] = []
  for (const mark of marks) {
    if (mark.fromMs >= toMs) continue
    const x = left(mark.fromMs)
    const last = flags.at(-1)
    if (last !== undefined && x - last.x < roomPx) last.marks.push(mark)
    else flags.push({ x, marks: [mark] })
  }
  return flags
}
