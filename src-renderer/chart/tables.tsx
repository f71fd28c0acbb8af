import { startOfMinute } from '../../src-shared/domain/minute.ts'
import { useDashboard, useWorkbench } from '../app/workbench.ts'
import { Button } from '../controls/button.tsx'
import { ScrollRegion } from '../controls/scroll-region.tsx'
import { dayText } from '../live/text.ts'
import type { ChartModel } from './chart-model.ts'
import { binSpan, binTimeText, stateText } from './chart-text.ts'
import { ticketsLabel } from './figures.ts'
import { PrioritySwatch } from './legend.tsx'
import { useStaleText } from './stale-mark.tsx'
import styles from './tables.module.css'

/** The distribution as a table: how many minutes had a number of tickets, and how many chance expects. */
export function DistributionTable({ model }: { model: ChartModel }): React.ReactNode {
  const stale = useStaleText()
  return (
    <ScrollRegion className={styles['scroll']} label="Table">
      <table className={styles['table']}>
        <caption>
          Minutes by how many tickets they had, of {model.finished.length} minutes that are over
          {stale && `. ${stale.sentence}.`}
        </caption>
        <thead>
          <tr>
            <th scope="col">Tickets in a minute</th>
            <th scope="col">Minutes</th>
            <th scope="col">Expected by chance</th>
          </tr>
        </thead>
        <tbody>
          {model.distribution.map((bar) => (
            <tr key={bar.tickets} data-empty={bar.observed === 0 || undefined}>
              <th scope="row">{ticketsLabel(bar, model.slots)}</th>
              <td className={styles['total']}>{bar.observed}</td>
              <td>{bar.expected.toFixed(1)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  )
}

/** The bars as a table: each minute or bin, its tickets by priority, and what is not sure about it. */
export function MinutesTable({ model }: { model: ChartModel }): React.ReactNode {
  const { dashboard } = useWorkbench()
  const nowMs = startOfMinute(useDashboard((state) => state.nowMinute))
  const stale = useStaleText()
  const first = startOfMinute(model.bins[0]?.startMinute ?? 0)
  return (
    <ScrollRegion className={styles['scroll']} label="Table">
      <table className={styles['table']}>
        <caption>
          {model.view === 'bar'
            ? 'Tickets by minute'
            : `Tickets in bins of ${model.bins[0]?.minutes} minutes`}
          , {dayText(first, model.zone, nowMs)}
          {stale && `. ${stale.sentence}.`}
        </caption>
        <thead>
          <tr>
            <th scope="col">Time</th>
            {model.priorities.map((priority, rank) => (
              <th key={priority.id} scope="col">
                <PrioritySwatch rank={rank} /> {priority.name}
              </th>
            ))}
            <th scope="col">Tickets</th>
            <th scope="col">
              <span className="unseen">State</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {model.bins.map((bin) => (
            <tr key={bin.startMinute} data-empty={bin.total === 0 || undefined}>
              <th scope="row">
                <Button kind="quiet" onClick={() => dashboard.open(binSpan(bin))}>
                  {binTimeText(bin, model.zone)}
                </Button>
              </th>
              {bin.byPriority.map((count, rank) => (
                <td key={model.priorities[rank]?.id}>{count}</td>
              ))}
              <td className={styles['total']}>{bin.total}</td>
              <td className={styles['note']}>{stateText(bin.state)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  )
}
