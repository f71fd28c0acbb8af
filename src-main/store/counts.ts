import { setImmediate } from 'node:timers/promises'
import { minuteOf, startOfMinute, type Minute, type MinuteSpan } from '../../src-shared/domain/minute.ts'
import type { Ticket } from '../../src-shared/domain/ticket.ts'
import type { MinuteChanges } from './store.ts'

/** Integer: minutes ÷ 1,440, in UTC. The unit of the day counts, which are the sums of the minute counts. */
export type Day = number

const MINUTES_PER_DAY = 1_440

/** The day that a minute falls in. */
function dayOf(minute: Minute): Day {
  return Math.floor(minute / MINUTES_PER_DAY)
}

/**
 * What lies on either side of a span, in whole days and the minutes between them and the span: before it the days
 * `< beforeDay` and `minutesBefore`, after it the days `>= afterDay` and `minutesAfter`.
 */
export function outsideDays({ fromMinute, toMinute }: MinuteSpan) {
  const beforeDay = dayOf(fromMinute)
  const afterDay = Math.ceil(toMinute / MINUTES_PER_DAY)
  return {
    beforeDay,
    minutesBefore: { fromMinute: beforeDay * MINUTES_PER_DAY, toMinute: fromMinute },
    minutesAfter: { fromMinute: toMinute, toMinute: afterDay * MINUTES_PER_DAY },
    afterDay,
  }
}

/** How many tickets, and the first and last day or minute that has any. */
export interface Sum<T> {
  readonly tickets: number
  readonly first: T | null
  readonly last: T | null
}

export const NOTHING = { tickets: 0, first: null, last: null }

export function minutesOf(day: Day): MinuteSpan {
  return { fromMinute: day * MINUTES_PER_DAY, toMinute: (day + 1) * MINUTES_PER_DAY }
}

/** The cell of the minute counts that a ticket belongs to, and by how much one commit changes it. */
export interface CountDelta {
  readonly priorityId: string
  readonly minute: Minute
  readonly projectKey: string
  readonly delta: number
}

/** By how much a ticket that comes or goes changes the minute counts. */
export function countDelta(
  { priorityId, createdMs, projectKey }: Pick<Ticket, 'priorityId' | 'createdMs' | 'projectKey'>,
  delta: 1 | -1,
): CountDelta {
  return { priorityId, minute: minuteOf(createdMs), projectKey, delta }
}

/** What one commit adds to and takes from the minute counts, one a cell: those whose count really changes. */
export function minuteDeltas(deltas: readonly CountDelta[]): CountDelta[] {
  return summed(deltas, ({ priorityId, minute, projectKey }) => [priorityId, minute, projectKey])
}

/** What changes of the minute counts mean for the day counts: the cells whose count really changes. */
export function dayDeltas(deltas: readonly CountDelta[]) {
  const ofDays = deltas.map(({ minute, ...cell }) => ({ ...cell, day: dayOf(minute) }))
  return summed(ofDays, ({ priorityId, day, projectKey }) => [priorityId, day, projectKey])
}

function summed<D extends Pick<CountDelta, 'delta'>>(
  deltas: readonly D[],
  cellOf: (one: D) => unknown[],
): D[] {
  const cells = new Map<string, D>()
  for (const one of deltas) {
    const name = JSON.stringify(cellOf(one))
    cells.set(name, { ...one, delta: (cells.get(name)?.delta ?? 0) + one.delta })
  }
  return [...cells.values()].filter((cell) => cell.delta !== 0)
}

export interface CountedMinute {
  readonly minute: Minute
  readonly count: number
}

/** How an engine reads the minute counts of a scope. */
export interface MinuteReader {
  /** How many minutes are read in one step. */
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

export interface SiteSeq {
  /** The number of the site's last commit. */
  readonly seq: number
  /** Who has seen less must ask for everything again. */
  readonly resetSeq: number
}

/**
 * The row that stands for all sites which have none of their own yet: what changes everything at every site is numbered
 * there, too, and a site's own numbers begin where it is.
 */
export const ANY_SITE = ''

export const BEFORE_THE_FIRST: SiteSeq = { seq: 0, resetSeq: 0 }

/** See `Store.changesSince`: the answer without reading any count; null where they must be read. */
export function changesUnread({ seq, resetSeq }: SiteSeq, since: number): MinuteChanges | null {
  if (since >= seq) return { seq, changes: [] }
  return since < resetSeq ? { seq, changes: null } : null
}
