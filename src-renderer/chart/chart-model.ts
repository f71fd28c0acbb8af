import type { CountsResult, Session } from '../../src-shared/contract/models.ts'
import type { Minute } from '../../src-shared/domain/minute.ts'
import { distribution, type DistributionBar } from '../../src-shared/domain/poisson.ts'
import type { Priority } from '../../src-shared/domain/ticket.ts'
import type { Preferences, View } from '../settings/preferences.ts'
import { binsOf, type Bin } from './bins.ts'

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
