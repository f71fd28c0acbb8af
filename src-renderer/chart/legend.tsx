import { PRIORITY_FIELD } from '../../src-shared/domain/ticket.ts'
import { useDashboard } from '../app/workbench.ts'
import { BinWidth } from './bin-width.tsx'
import type { ChartModel } from './chart-model.ts'
import { dispersionWords } from './dispersion.ts'
import { PrioritySwatch } from './priority-swatch.tsx'
import styles from './legend.module.css'

/** What the marks mean, and of which field they are where it is not the priority; in the histogram also how wide its bins are. */
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
          <span className={styles['sentence']}>{dispersionWords(model.finished)}</span>
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
          {unsettled && (
            <span className={styles['item']}>
              <span className={styles['unsettled']} />
              not settled yet
            </span>
          )}
          {model.view === 'histogram' && <BinWidth />}
        </>
      )}
    </div>
  )
}
