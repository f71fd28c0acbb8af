import { X } from 'lucide-react'
import {
  conditionsOf,
  conditionText,
  filterText,
  filterOf,
  isEverything,
  withoutCondition,
} from '../../src-shared/domain/ticket-filter.ts'
import { useDashboard, useWorkbench } from '../app/workbench.ts'
import { Button } from '../controls/button.tsx'
import styles from './filter-line.module.css'

/** Over the chart, which tickets alone are shown, each condition with the way out of it; nothing where all are. */
export function FilterLine(): React.ReactNode {
  const { dashboard } = useWorkbench()
  const filter = useDashboard((state) => state.filter)
  if (isEverything(filter)) return null
  return (
    <fieldset className={styles['line']} aria-label="Filter">
      <span>Only</span>
      {conditionsOf(filter).map((condition) => {
        const text = filterText(filterOf([condition]))
        return (
          <button
            key={conditionText(condition)}
            type="button"
            className={styles['condition']}
            title={`Without this condition: ${text}`}
            onClick={() => dashboard.showFields({ filter: withoutCondition(filter, condition) })}
          >
            <span>{text}</span>
            <X size={12} aria-hidden="true" />
            <span className="unseen">, take away</span>
          </button>
        )
      })}
      <Button kind="quiet" onClick={() => dashboard.showFields({ filter: {} })}>
        Show all tickets
      </Button>
    </fieldset>
  )
}
