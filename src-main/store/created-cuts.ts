import { setImmediate } from 'node:timers/promises'
import { startOfMinute, type Minute, type MinuteSpan } from '../../src-shared/domain/minute.ts'

export interface CountedMinute {
  readonly minute: Minute
  readonly count: number
}

/** How an engine reads the minute counts of a scope. */
export interface MinuteReader {
  /** So many minutes are read in one step. */
  readonly minutesAStep: number
  /** The first minute from this one on that the counts know of, whatever the project; null after the last. */
  firstMinute(from: Minute): Promise<Minute | null>
  /** The minutes of a span that have tickets, in order. */
  minutes(span: MinuteSpan): Promise<readonly CountedMinute[]>
}

/** See `Store.createdCuts`. The event loop goes on between the steps. */
export async function cutsOf(reader: MinuteReader, size: number): Promise<number[]> {
  const cuts: number[] = []
  let inPart = 0
  for await (const { minute, count } of countedMinutes(reader)) {
    if (inPart > 0 && inPart + count > size) {
      cuts.push(startOfMinute(minute))
      inPart = 0
    }
    inPart += count
  }
  return cuts
}

async function* countedMinutes(reader: MinuteReader): AsyncGenerator<CountedMinute> {
  for (let from = Number.MIN_SAFE_INTEGER; ;) {
    const fromMinute = await reader.firstMinute(from)
    if (fromMinute === null) return
    from = fromMinute + reader.minutesAStep
    yield* await reader.minutes({ fromMinute, toMinute: from })
    await setImmediate()
  }
}
