import type { TimeSpan } from '../../../src-shared/domain/known-spans.ts'
import { binSpan, newestSlot, type Bin, type ChartModel } from '../chart-model.ts'
import { binText, markedText, marksIn, slotText } from '../chart-text.ts'
import {
  mergedCompared,
  thenPart,
  type ComparedBar,
} from '../../../src-shared/domain/compare/compared-bars.ts'
import type { Edges } from '../geometry.ts'

/**
 * The bars that are looked at: from that at `anchor` to that at `at`, which moves. Each is the minute that a bar begins
 * with, in the distribution a number of tickets: bars stay looked at when the chart moves on.
 */
export interface Cursor {
  readonly at: number
  readonly anchor: number
  /** The keys chose them, or the pointer is there; `zoom` and `select` are what becomes of them once it lets go. */
  readonly by: 'key' | 'pointer' | 'zoom' | 'select'
}

/** Bars side by side, counted from the left. */
export interface BarRange {
  readonly first: number
  readonly last: number
}

/** The edges of a model's bars: minutes, or numbers of tickets. */
export function edgesOf({ view, bins, slots }: ChartModel): Edges {
  if (view === 'distribution') return Array.from({ length: slots + 1 }, (_, i) => i)
  const last = bins.at(-1)
  if (last === undefined) return []
  return [...bins.map((bin) => bin.startMinute), last.startMinute + last.minutes]
}

/** What `at` and `anchor` say of a bar. */
export function placeOfSlot({ view, bins }: ChartModel, slot: number): number {
  return view === 'distribution' ? slot : (bins[slot]?.startMinute ?? 0)
}

/** The bars that a cursor is on, as far as they are shown; null where none is. */
export function barsAt(model: ChartModel, { at, anchor }: Pick<Cursor, 'at' | 'anchor'>): BarRange | null {
  const edges = edgesOf(model)
  const [from, to] = [Math.min(at, anchor), Math.max(at, anchor)]
  const end = edges.at(-1)
  if (end === undefined || to < (edges[0] ?? end) || from >= end) return null
  return { first: slotOf(edges, from), last: slotOf(edges, to) }
}

function slotOf(edges: Edges, place: number): number {
  const after = edges.findIndex((edge) => edge > place)
  return after === -1 ? edges.length - 2 : Math.max(0, after - 1)
}

/** Where the keys take the cursor: `by` bars on, or from its anchor on where they extend; at first to the newest bar that is over. */
export function stepped(
  model: ChartModel,
  cursor: Cursor | null,
  by: number,
  extend: boolean,
): Cursor | null {
  const end = model.slots - 1
  if (end < 0) return null
  const bars = cursor && barsAt(model, { at: cursor.at, anchor: cursor.at })
  const from = bars?.first ?? (Number.isFinite(by) ? newestSlot(model) - by : 0)
  const slot = Math.min(end, Math.max(0, from + by))
  const at = placeOfSlot(model, slot)
  const anchor =
    extend && cursor !== null && bars !== null && model.view !== 'distribution' ? cursor.anchor : at
  return { at, anchor, by: 'key' }
}

/** The time of some bars; null in the distribution, whose bars are of no time. */
export function timeOfBars({ view, bins }: ChartModel, { first, last }: BarRange): TimeSpan | null {
  const [from, to] = [bins[first], bins[last]]
  if (view === 'distribution' || from === undefined || to === undefined) return null
  return { fromMs: binSpan(from).fromMs, toMs: binSpan(to).toMs }
}

/** The bars that lie in a span of time, wholly or in part; null where none does. */
export function barsOfSpan({ view, bins }: ChartModel, { fromMs, toMs }: TimeSpan): BarRange | null {
  if (view === 'distribution') return null
  const isIn = (bin: Bin): boolean => binSpan(bin).fromMs < toMs && binSpan(bin).toMs > fromMs
  const first = bins.findIndex(isIn)
  return first === -1 ? null : { first, last: bins.findLastIndex(isIn) }
}

/** How many tickets runs have planned for some bars. */
export function plannedIn({ planned }: Pick<ChartModel, 'planned'>, { first, last }: BarRange): number {
  return sum((planned ?? []).slice(first, last + 1))
}

/** What some bars are compared with, as one; null where they are with nothing. */
export function comparedIn(
  { compared }: Pick<ChartModel, 'compared'>,
  { first, last }: BarRange,
): ComparedBar | null {
  return compared === null ? null : mergedCompared(compared.slice(first, last + 1))
}

/** The minutes that a bar of the distribution counts, in order: of the last bar those that had as many tickets or more. */
export function binsWith({ finished, slots }: ChartModel, tickets: number): readonly Bin[] {
  return finished.filter(({ total }) => (tickets === slots - 1 ? total >= tickets : total === tickets))
}

/** The least that is known of a bar is what is known of the bars that it is put together of. What is to come adds nothing. */
const LEAST_SURE = ['unknown', 'unfinished', 'unsettled', 'settled', 'future'] as const

/** Some bars as one. */
export function mergedBin({ bins }: ChartModel, { first, last }: BarRange): Bin | null {
  const merged = bins.slice(first, last + 1)
  const [start] = merged
  if (start === undefined) return null
  return {
    startMinute: start.startMinute,
    minutes: sum(merged.map((bin) => bin.minutes)),
    byPriority: start.byPriority.map((_, rank) => sum(merged.map((bin) => bin.byPriority[rank] ?? 0))),
    total: sum(merged.map((bin) => bin.total)),
    ...(start.parts && { parts: start.parts.map((_, p) => sum(merged.map((bin) => bin.parts?.[p] ?? 0))) }),
    state: LEAST_SURE.find((state) => merged.some((bin) => bin.state === state)) ?? start.state,
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0)
}

/** The bars that a cursor is on in a sentence, as a screen reader says it; nothing where there are none. */
export function cursorText(model: ChartModel, cursor: Cursor): string {
  const bars = barsAt(model, cursor)
  if (bars === null) return ''
  if (bars.first === bars.last) return slotText(model, bars.first)
  const bin = mergedBin(model, bars)
  if (bin === null) return ''
  const planned = plannedIn(model, bars)
  const text = `${bars.last - bars.first + 1} bars, ${binText(bin, model)}`
  const others = [
    planned === 0 ? '' : `${planned} planned`,
    thenPart(comparedIn(model, bars)),
    markedText(marksIn(model, bars)),
  ]
  return [text, ...others].filter((part) => part !== '').join(', ')
}
