import { useMemo } from 'react'
import type { CountsResult, Session } from '../../src-shared/contract/tickets.ts'
import type { Minute } from '../../src-shared/domain/minute.ts'
import { distribution, type DistributionBar } from '../../src-shared/domain/poisson.ts'
import type { Series } from '../../src-shared/domain/series.ts'
import type { Priority } from '../../src-shared/domain/ticket.ts'
import { useDashboard, useView } from '../app/workbench.ts'
import type { Preferences, View } from '../settings/preferences.ts'

/** What the panel shows of an hour: chart, table, readout and keys all go by this. */
export interface ChartModel {
  readonly view: View
  readonly zone: string
  /** In the order of the bins' `byPriority`. */
  readonly priorities: readonly Priority[]
  /** The bars of `bar` and `histogram`; minute by minute in `distribution`. */
  readonly bins: readonly Bin[]
  /** Tickets of each minute that is over, as far as they are known. */
  readonly finished: readonly number[]
  /** The bars of `distribution`; empty in the other views. */
  readonly distribution: readonly DistributionBar[]
  /** How many bars stand side by side. */
  readonly slots: number
}

/** The model of the counts shown, in the view chosen. Minutes from `knownMinute` on are not known, where it is not null. */
export function chartModel(
  counts: CountsResult,
  session: Session,
  { nowMinute, knownMinute }: { readonly nowMinute: Minute; readonly knownMinute: Minute | null },
  { view, binMinutes }: Pick<Preferences, 'view' | 'binMinutes'>,
): ChartModel {
  const minutes = binsOf(counts, 1, nowMinute)
  const finished = minutes
    .filter((bin) => bin.state === 'settled' || bin.state === 'unsettled')
    .filter((bin) => knownMinute === null || bin.startMinute < knownMinute)
    .map((bin) => bin.total)
  const bars = view === 'distribution' ? distribution(finished) : []
  const bins = view === 'histogram' ? binsOf(counts, binMinutes, nowMinute) : minutes
  return {
    view,
    zone: session.zone,
    priorities: counts.priorityIds.map(
      (id) => session.watched.find((priority) => priority.id === id) ?? { id, name: `Priority ${id}` },
    ),
    bins,
    finished,
    distribution: bars,
    slots: view === 'distribution' ? bars.length : bins.length,
  }
}

/**
 * How far a bin's count can be trusted. `unsettled`: Jira's index may still hold tickets back. `unfinished`: its time
 * is not over. `future`: its time has not begun.
 */
export type BinState = 'settled' | 'unsettled' | 'unfinished' | 'future'

/** One bar: the tickets of `minutes` minutes. `byPriority` has the order of the series' `priorityIds`. */
export interface Bin {
  readonly startMinute: Minute
  readonly minutes: number
  readonly byPriority: readonly number[]
  readonly total: number
  readonly state: BinState
}

/** What is known of a span's minutes: the series, minute by minute, and from when on it may still change. */
export type MinuteCounts = Series & { readonly provisionalFromMinute: Minute }

/** The bars of a span, `binMinutes` wide; the last one may be narrower. Bins without tickets are there too. */
export function binsOf(counts: MinuteCounts, binMinutes: number, nowMinute: Minute): Bin[] {
  const bins: Bin[] = []
  for (let start = counts.fromMinute; start < counts.toMinute; start += binMinutes) {
    const end = Math.min(start + binMinutes, counts.toMinute)
    const byPriority = counts.counts.map((line) =>
      sum(line.slice(start - counts.fromMinute, end - counts.fromMinute)),
    )
    bins.push({
      startMinute: start,
      minutes: end - start,
      byPriority,
      total: sum(byPriority),
      state: binState(start, end, counts.provisionalFromMinute, nowMinute),
    })
  }
  return bins
}

function binState(start: Minute, end: Minute, provisionalFrom: Minute, nowMinute: Minute): BinState {
  if (start > nowMinute) return 'future'
  if (end > nowMinute) return 'unfinished'
  return end > provisionalFrom ? 'unsettled' : 'settled'
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0)
}

/** The model of what is shown now; null until there are counts. */
export function useChartModel(): ChartModel | null {
  const counts = useDashboard((state) => state.counts)
  const session = useDashboard((state) => state.session)
  const nowMinute = useDashboard((state) => state.nowMinute)
  const knownMinute = useDashboard((state) => state.knownMinute)
  const view = useView((state) => state.view)
  const binMinutes = useView((state) => state.binMinutes)
  return useMemo(
    () => counts && session && chartModel(counts, session, { nowMinute, knownMinute }, { view, binMinutes }),
    [counts, session, nowMinute, knownMinute, view, binMinutes],
  )
}
