import { loadavg } from 'node:os'
import { FAULTS, type FaultName, type Times } from './faults.ts'

/** What a fault came to, in ms from when it happened. */
export interface Result {
  readonly fault: FaultName
  readonly times: Times
  /** From when a drill had as many tickets as the rule needs until its alarm was taken. */
  readonly alarmMs: number
  /** The machine's, when it was over. */
  readonly load: number
}

export function load(): number {
  return loadavg()[0] ?? Number.NaN
}

/** One fault in a line. */
export function resultLine({ fault, times, alarmMs, load: of }: Result): string {
  const { primaryMs, ledMs, writtenMs, shownMs } = times
  const primary =
    primaryMs === undefined || ledMs === undefined
      ? ''
      : `a primary after ${seconds(primaryMs)}, by its address after ${seconds(ledMs)}, our first write after ${seconds(writtenMs)}, `
  const half = `half of the viewers right after ${seconds(median(shownMs))}, all after ${seconds(Math.max(...shownMs))}`
  return `${FAULTS[fault].title}: ${primary}${half}; the alarm told ${seconds(alarmMs)} after its last ticket (load ${of.toFixed(1)})`
}

/** p50 and the longest for each fault. */
export function resultTable(results: readonly Result[]): string {
  const rows = [...new Set(results.map(({ fault }) => fault))].map((fault) => {
    const own = results.filter((result) => result.fault === fault)
    const of = (time: (times: Times) => number | undefined): string =>
      both(own.flatMap(({ times }) => time(times) ?? []))
    return [
      FAULTS[fault].title,
      String(own.length),
      of(({ primaryMs }) => primaryMs),
      of(({ primaryMs, ledMs }) => primaryMs && ledMs && ledMs - primaryMs),
      of(({ primaryMs, writtenMs }) => primaryMs && writtenMs - primaryMs),
      of(({ shownMs }) => median(shownMs)),
      of(({ shownMs }) => Math.max(...shownMs)),
      both(own.map(({ alarmMs }) => alarmMs)),
    ]
  })
  const head = [
    '',
    'times',
    'a primary',
    '+ HAProxy',
    '+ our first write',
    'half right',
    'all right',
    'alarm',
  ]
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
  return `${seconds(median(times))} (max ${seconds(Math.max(...times))})`
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor((times.length - 1) / 2)] ?? Number.NaN
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`
}
