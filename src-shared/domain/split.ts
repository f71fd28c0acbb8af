import type { CountsSplit, SplitField } from '../contract/fields.ts'
import { startsOf, type Buckets } from './series.ts'

/** How many counted tickets of a minute and priority have these values of a field; null: it is not known. */
export interface SplitCell {
  /** The minute, or the first of a few that are in the same bucket. */
  readonly startMinute: number
  readonly priorityId: string
  readonly values: readonly string[] | null
  readonly count: number
}

type SplitPart = CountsSplit['parts'][number]
type Kind = SplitPart['kind']

/** So many values of a field have a part of their own. */
const MOST_PARTS = 5

/** The index of the bucket that a minute is in. Minutes are of the span. */
export function bucketFinder(buckets: Buckets): (minute: number) => number {
  const { fromMinute, bucketMinutes, startMinutes } = buckets
  if (startMinutes === undefined) return (minute) => Math.floor((minute - fromMinute) / bucketMinutes)
  return (minute) => {
    let [low, high] = [0, startMinutes.length - 1]
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((startMinutes[middle] ?? Infinity) <= minute) low = middle
      else high = middle - 1
    }
    return low
  }
}

/**
 * The parts of a split: the five most frequent values, then the others together, then those that have none, then those of
 * which it is not known; of reporters how many there are instead of who.
 */
export function splitCounts(buckets: Buckets, by: SplitField, cells: readonly SplitCell[]): CountsSplit {
  const bucketOf = bucketFinder(buckets)
  const length = startsOf(buckets).length
  const parts = new Map<string, SplitPart>()
  const addTo = (kind: Kind, value: string | null, { startMinute, count }: SplitCell): void => {
    const name = `${kind} ${value ?? ''}`
    const part = parts.get(name) ?? { kind, value, total: 0, counts: Array.from({ length }, () => 0) }
    parts.set(name, part)
    const bucket = bucketOf(startMinute)
    part.total += count
    part.counts[bucket] = (part.counts[bucket] ?? 0) + count
  }
  const frequent = by === 'reporter' ? null : new Set(mostFrequent(cells))
  for (const cell of cells) {
    if (cell.values === null) addTo('unknown', null, cell)
    else if (cell.values.length === 0) addTo('none', null, cell)
    else if (frequent !== null) {
      for (const value of cell.values) if (frequent.has(value)) addTo('value', value, cell)
      if (cell.values.some((value) => !frequent.has(value))) addTo('other', null, cell)
    }
  }
  const people = by === 'reporter' ? [peopleOf(cells, bucketOf, length)] : []
  return {
    by,
    parts: [...people, ...[...parts.values()].toSorted(inOrder)],
    overlaps: by === 'component' || by === 'label' || by === 'reporter',
  }
}

function mostFrequent(cells: readonly SplitCell[]): string[] {
  const totals = new Map<string, number>()
  for (const { values, count } of cells) {
    for (const value of values ?? []) totals.set(value, (totals.get(value) ?? 0) + count)
  }
  return [...totals]
    .toSorted(([a, most], [b, more]) => more - most || (a < b ? -1 : 1))
    .slice(0, MOST_PARTS)
    .map(([value]) => value)
}

/** Somebody who reported in several buckets is one in the total. */
function peopleOf(
  cells: readonly SplitCell[],
  bucketOf: (minute: number) => number,
  length: number,
): SplitPart {
  const people = Array.from({ length }, () => new Set<string>())
  const all = new Set<string>()
  for (const { startMinute, values } of cells) {
    for (const person of values ?? []) {
      people[bucketOf(startMinute)]?.add(person)
      all.add(person)
    }
  }
  return { kind: 'people', value: null, total: all.size, counts: people.map(({ size }) => size) }
}

const ORDER: readonly Kind[] = ['people', 'value', 'other', 'none', 'unknown']

function inOrder(a: SplitPart, b: SplitPart): number {
  const byKind = ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind)
  return byKind || b.total - a.total || ((a.value ?? '') < (b.value ?? '') ? -1 : 1)
}
