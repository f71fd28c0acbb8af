import { PRIORITY_FIELD } from '../../src-shared/domain/ticket.ts'
import { useDashboard } from '../app/workbench.ts'
import { totalsOf, type ChartModel } from './chart-model.ts'
import { dispersionText } from './dispersion.ts'
import styles from './legend.module.css'

const RANKS = 5

/** What the marks mean, and of which field they are where it is not the priority. */
export function Legend({ model }: { model: ChartModel | null }): React.ReactNode {
  const field = useDashboard((state) => state.session?.watchedField)
  if (model === null) return <div className={styles['legend']} />
  const unsettled = model.bins.some((bin) => bin.state === 'unsettled' || bin.state === 'unfinished')
  return (
    <div className={styles['legend']}>
      {model.view === 'distribution' ? (
        <>
          <span className={styles['item']}>
            <span className={styles['minutes']} />
            minutes with so many tickets
          </span>
          <span className={styles['item']}>
            <span className={styles['expected']} />
            expected by chance (Poisson)
          </span>
          <span className={styles['sentence']}>{dispersionText(totalsOf(model.finished))}</span>
        </>
      ) : (
        <>
          {field !== undefined && field.id !== PRIORITY_FIELD && <span>{field.name}</span>}
          {model.priorities.map((priority, rank) => (
            <span key={priority.id} className={styles['item']}>
              <PrioritySwatch rank={rank} />
              {priority.name}
            </span>
          ))}
          {model.planned !== null && (
            <span className={styles['item']}>
              <PlannedSwatch />
              planned by a run
            </span>
          )}
          {model.compared !== null && (
            <span className={styles['item']}>
              <ComparedSwatch />
              then
            </span>
          )}
          {model.gaps.length > 0 && (
            <span className={styles['item']}>
              <span className={styles['gap']} />
              not fetched
            </span>
          )}
          {unsettled && (
            <span className={styles['item']}>
              <span className={styles['unsettled']} />
              not settled yet
            </span>
          )}
        </>
      )}
    </div>
  )
}

/** The colour of a priority, by its rank of urgency (0 is the most urgent). Its name always stands next to it. */
export function PrioritySwatch({ rank }: { rank: number }): React.ReactNode {
  return (
    <span
      className={styles['swatch']}
      style={{ background: `var(--priority-${Math.min(rank, RANKS - 1) + 1})` }}
      aria-hidden="true"
    />
  )
}

/** The outline of what runs have planned. */
export function PlannedSwatch(): React.ReactNode {
  return <span className={styles['planned']} aria-hidden="true" />
}

/** The line of what is compared with. */
export function ComparedSwatch(): React.ReactNode {
  return <span className={styles['compared']} aria-hidden="true" />
}
