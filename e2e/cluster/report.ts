import { loadavg } from 'node:os'
import type { FaultName } from './faults.ts'
import { FAULTS } from './faults.ts'

/** What a fault came to, in ms from when it happened. */
export interface Result {
  readonly fault: FaultName
  /** Until a new primary took writes; null: the primary was not the one to die. */
  readonly primaryMs: number | null
  readonly writtenMs: number
  readonly shownMs: number
  /** The machine's, when it was over. */
  readonly load: number
}

export function load(): number {
  return loadavg()[0] ?? Number.NaN
}

/** One fault in a line. */
export function resultLine({ fault, primaryMs, writtenMs, shownMs, load: of }: Result): string {
  const primary =
    primaryMs === null
      ? ''
      : `a primary after ${seconds(primaryMs)}, ours ${seconds(writtenMs - primaryMs)} later, `
  return `${FAULTS[fault].title}: ${primary}all right after ${seconds(shownMs)} (load ${of.toFixed(1)})`
}

/** p50 and the longest for each fault. */
export function resultTable(results: readonly Result[]): string {
  const rows = [...new Set(results.map(({ fault }) => fault))].map((fault) => {
    const own = results.filter((result) => result.fault === fault)
    const primaries = own.flatMap(({ primaryMs }) => primaryMs ?? [])
    const ours = own.flatMap(({ primaryMs, writtenMs }) =>
      primaryMs === null ? [] : [writtenMs - primaryMs],
    )
    return [
      FAULTS[fault].title,
      String(own.length),
      both(primaries),
      both(ours),
      both(own.map(({ shownMs }) => shownMs)),
    ]
  })
  const head = ['', 'times', 'a primary', 'then ours', 'right again']
  const all = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  return all
    .map((row) =>
      row
        .map((cell, n) => (n === 0 ? cell.padEnd(widths[n] ?? 0) : cell.padStart(widths[n] ?? 0)))
        .join('  '),
    )
    .join('\n')
}

function both(times: readonly number[]): string {
  if (times.length === 0) return '–'
  const sorted = times.toSorted((a, b) => a - b)
  const half = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0
  return `${seconds(half)} (max ${seconds(sorted.at(-1) ?? 0)})`
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`
}
