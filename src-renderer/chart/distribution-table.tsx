import { ScrollRegion } from '../controls/scroll-region.tsx'
import type { ChartModel } from './chart-model.ts'
import { ticketsLabel } from './distribution-figure.ts'
import { useStaleWords } from './stale-mark.tsx'
import styles from './table.module.css'

/** The distribution as a table: how many minutes had so many tickets, and how many chance expects. */
export function DistributionTable({ model }: { model: ChartModel }): React.ReactNode {
  const stale = useStaleWords()
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
