import { startOfMinute, type Minute } from '../../src-shared/domain/minute.ts'

export interface CountedMinute {
  readonly minute: Minute
  readonly count: number
}

/** See `Store.createdCuts`. Takes the minutes that have tickets, in order. */
export async function cutsOf(minutes: AsyncIterable<CountedMinute>, size: number): Promise<number[]> {
  const cuts: number[] = []
  let inPart = 0
  for await (const { minute, count } of minutes) {
    if (inPart > 0 && inPart + count > size) {
      cuts.push(startOfMinute(minute))
      inPart = 0
    }
    inPart += count
  }
  return cuts
}
